package feedback

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// sums are a file's digests in lower-case hexadecimal.
type sums struct{ sha1, sha256 string }

// sameHash compares a hash as a server may write it with the sums: 40
// hexadecimal digits in either case, or base64, for SHA-1; the lengths of
// SHA-256 too. known is false for a hash that is missing or in no known form:
// it proves nothing.
func sameHash(hash string, s sums) (same, known bool) {
	raw, ok := hashBytes(strings.TrimSpace(hash))
	if !ok {
		return false, false
	}
	want := s.sha1
	if len(raw) == 32 {
		want = s.sha256
	}
	return hex.EncodeToString(raw) == want, true
}

// hashBytes decodes a SHA-1 or SHA-256.
func hashBytes(hash string) ([]byte, bool) {
	if len(hash) == 40 || len(hash) == 64 {
		raw, err := hex.DecodeString(hash)
		return raw, err == nil
	}
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(hash), "="))
	return raw, err == nil && (len(raw) == 20 || len(raw) == 32)
}

// sameDigest compares a Digest header (RFC 3230) in the same way.
func sameDigest(header string, s sums) (same, known bool) {
	for part := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		if n := strings.ToUpper(name); n != "SHA" && n != "SHA-1" && n != "SHA-256" {
			continue
		}
		same, ok := sameHash(value, s)
		if ok && !same {
			return false, true
		}
		known = known || ok
	}
	return known, known
}
