package finding

import (
	"bufio"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
)

// ErrBaseline means that a file is no baseline this program can read.
var ErrBaseline = errors.New("not a baseline file")

// baselineFormat is the version of the file format.
const baselineFormat = 2

const (
	// maxBaseline bounds the file: MaxRemembered findings take two thirds.
	maxBaseline = 32 << 20
	// pieceHashes is how many hashes stand in one text of the file, so that
	// neither writing nor reading holds the file in memory.
	pieceHashes = 3072
)

// baselineHead is the file but for its findings, which stand last, by rule:
// lists of texts, each some hashes of eight bytes in base64, sorted and
// big-endian.
type baselineHead struct {
	Format int    `json:"iplos_baseline"`
	Note   string `json:"note"`
	About
	Salt   []byte  `json:"salt"`
	Totals *Totals `json:"totals,omitempty"`
}

// Write writes the baseline as JSON.
func (b *Baseline) Write(w io.Writer) error {
	head, err := json.Marshal(baselineHead{
		Format: baselineFormat,
		Note:   "Salted hashes of findings, for comparison only. No identity numbers.",
		About:  b.About, Salt: b.salt[:], Totals: b.Totals,
	})
	if err != nil {
		return fmt.Errorf("writing the baseline: %w", err)
	}
	out := bufio.NewWriter(w)
	_, _ = out.Write(head[:len(head)-1])
	_, _ = out.WriteString(`,"findings":{`)
	for i, rule := range slices.Sorted(maps.Keys(b.byRule)) {
		if i > 0 {
			_ = out.WriteByte(',')
		}
		name, err := json.Marshal(rule)
		if err != nil {
			return fmt.Errorf("writing the baseline: %w", err)
		}
		fmt.Fprintf(out, "\n%s:[", name)
		writeHashes(out, b.byRule[rule].sort())
		_ = out.WriteByte(']')
	}
	_, _ = out.WriteString("}}\n")
	if err := out.Flush(); err != nil { // the first error of the writer
		return fmt.Errorf("writing the baseline: %w", err)
	}
	return nil
}

func writeHashes(out *bufio.Writer, list []uint64) {
	var raw, text []byte
	first := true
	for piece := range slices.Chunk(list, pieceHashes) {
		raw = raw[:0]
		for _, n := range piece {
			raw = binary.BigEndian.AppendUint64(raw, n)
		}
		if !first {
			_, _ = out.WriteString(",\n")
		}
		first = false
		text = base64.StdEncoding.AppendEncode(text[:0], raw)
		_ = out.WriteByte('"')
		_, _ = out.Write(text)
		_ = out.WriteByte('"')
	}
}

// ReadBaseline reads what Write wrote. The error is ErrBaseline for anything
// else.
func ReadBaseline(r io.Reader) (*Baseline, error) {
	limited := &io.LimitedReader{R: r, N: maxBaseline + 1}
	f := baselineReader{Decoder: json.NewDecoder(limited), byRule: map[string]*hashes{}}
	if err := f.read(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBaseline, err)
	}
	if limited.N == 0 {
		return nil, fmt.Errorf("%w: larger than %d bytes", ErrBaseline, maxBaseline)
	}
	h := f.head
	if h.Format != baselineFormat || len(h.Salt) != saltSize {
		return nil, fmt.Errorf("%w: format %d, salt of %d bytes", ErrBaseline, h.Format, len(h.Salt))
	}
	b := &Baseline{About: h.About, Totals: h.Totals, byRule: f.byRule}
	copy(b.salt[:], h.Salt)
	return b, nil
}

// baselineReader reads the file piece by piece.
type baselineReader struct {
	*json.Decoder
	head   baselineHead
	byRule map[string]*hashes
}

func (f *baselineReader) read() error {
	head := map[string]json.RawMessage{}
	err := f.members('{', func(key string) error {
		if key == "findings" {
			return f.members('{', f.rule)
		}
		var value json.RawMessage
		err := f.Decode(&value)
		head[key] = value
		return err
	})
	if err != nil {
		return err
	}
	data, err := json.Marshal(head)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, &f.head)
}

// members reads an object's members, or a list's, whose key is then empty.
func (f *baselineReader) members(open json.Delim, each func(key string) error) error {
	if err := f.delim(open); err != nil {
		return err
	}
	for f.More() {
		key := ""
		if open == '{' {
			token, err := f.Token()
			if err != nil {
				return err
			}
			key, _ = token.(string)
		}
		if err := each(key); err != nil {
			return err
		}
	}
	return f.delim(open + 2) // } is two after {, and ] after [
}

func (f *baselineReader) delim(want json.Delim) error {
	token, err := f.Token()
	if err == nil && token != want {
		err = fmt.Errorf("%v where %v should be", token, want)
	}
	return err
}

// rule reads the hashes of a rule.
func (f *baselineReader) rule(rule string) error {
	h := &hashes{}
	f.byRule[rule] = h
	return f.members('[', func(string) error {
		var text string
		if err := f.Decode(&text); err != nil {
			return err
		}
		raw, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(raw)%8 != 0 {
			return fmt.Errorf("hashes of rule %q", rule)
		}
		for ; len(raw) > 0; raw = raw[8:] {
			h.list = append(h.list, binary.BigEndian.Uint64(raw))
		}
		return nil
	})
}
