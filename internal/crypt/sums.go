package crypt

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"iplos/internal/crypt/cms"
	"iplos/internal/crypt/container"
)

// formatSums writes a list that `sha256sum -c` reads.
func formatSums(entries []container.Entry) []byte {
	var b bytes.Buffer
	for _, e := range entries {
		fmt.Fprintf(&b, "%s  %s\n", e.SHA256, e.Name)
	}
	return b.Bytes()
}

// parseSums reads such a list strictly.
func parseSums(data []byte) (map[string]string, bool) {
	sums := map[string]string{}
	text, ok := strings.CutSuffix(string(data), "\n")
	if !ok {
		return nil, false
	}
	for line := range strings.SplitSeq(text, "\n") {
		sum, name, ok := strings.Cut(line, "  ")
		raw, err := hex.DecodeString(sum)
		if !ok || err != nil || len(raw) != sha256.Size || sum != strings.ToLower(sum) || sums[name] != "" {
			return nil, false
		}
		sums[name] = sum
	}
	return sums, true
}

// digest returns the entry that a message becomes.
func digest(name string, m cms.Message) container.Entry {
	h := sha256.New()
	h.Write(m.Header)
	h.Write(m.Body)
	h.Write(m.Trailer)
	return container.Entry{Name: name, Bytes: m.Size(), SHA256: hex.EncodeToString(h.Sum(nil))}
}

func sumOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
