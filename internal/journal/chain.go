package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

// maxLine bounds one line in bytes. A package of 10,000 parts makes about
// 1.5 MB of file names and hashes.
const maxLine = 8 << 20

// line is how an entry stands in the file: its bytes, and the SHA-256 of the
// line before it, a line feed and these bytes.
type line struct {
	Hash  string          `json:"hash"`
	Entry json.RawMessage `json:"entry"`
}

// genesis is what the first line of a municipality's journal chains to, so
// that a whole journal cannot pass for another municipality's.
func genesis(municipality string) string {
	sum := sha256.Sum256([]byte("iplos-journal " + municipality))
	return hex.EncodeToString(sum[:])
}

func chainHash(prev string, entry []byte) string {
	h := sha256.New()
	h.Write([]byte(prev))
	h.Write([]byte{'\n'})
	h.Write(entry)
	return hex.EncodeToString(h.Sum(nil))
}

// The ways a line can be wrong.
var (
	errNotALine     = errors.New("not a journal line")
	errChain        = errors.New("the hash does not follow from the line before")
	errSequence     = errors.New("the number is not the next")
	errNewer        = errors.New("written by a newer version")
	errMunicipality = errors.New("the line is another municipality's")
)

// BrokenError names the first line that is not as it was written.
type BrokenError struct {
	Line int
	Err  error
}

func (e *BrokenError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap returns what is wrong with the line.
func (e *BrokenError) Unwrap() error { return e.Err }

// chain follows the lines of one journal.
type chain struct {
	municipality string
	prev         string
	seq          int64
}

func newChain(municipality string) *chain {
	return &chain{municipality: municipality, prev: genesis(municipality)}
}

// seal makes the next line, with its line feed, and does not move on: next
// does, when the line is on disk.
func (c *chain) seal(e *Entry) (text []byte, hash string, err error) {
	entry, err := json.Marshal(e)
	if err != nil {
		return nil, "", fmt.Errorf("encoding a journal entry: %w", err)
	}
	hash = chainHash(c.prev, entry)
	// Put together by hand: json.Marshal of a RawMessage could write other
	// bytes than those hashed.
	text = make([]byte, 0, len(entry)+len(hash)+24)
	text = append(text, `{"hash":"`...)
	text = append(text, hash...)
	text = append(text, `","entry":`...)
	text = append(text, entry...)
	text = append(text, "}\n"...)
	if len(text) > maxLine {
		return nil, "", fmt.Errorf("encoding a journal entry: %d bytes are over the limit of %d", len(text), maxLine)
	}
	return text, hash, nil
}

func (c *chain) next(hash string) {
	c.prev = hash
	c.seq++
}

// follow checks one line, without its line feed, and moves on.
func (c *chain) follow(text []byte) (*Entry, error) {
	var l line
	if err := decodeStrict(text, &l); err != nil || len(l.Entry) == 0 {
		return nil, errNotALine
	}
	var v struct {
		Version int `json:"v"`
	}
	if err := json.Unmarshal(l.Entry, &v); err != nil {
		return nil, errNotALine
	}
	if v.Version > Version {
		return nil, fmt.Errorf("%w: %d, and this is %d", errNewer, v.Version, Version)
	}
	if l.Hash != chainHash(c.prev, l.Entry) {
		return nil, errChain
	}
	e := &Entry{}
	if err := decodeStrict(l.Entry, e); err != nil {
		return nil, errNotALine
	}
	if e.Seq != c.seq+1 {
		return nil, errSequence
	}
	if e.Municipality != c.municipality {
		return nil, errMunicipality
	}
	c.next(l.Hash)
	return e, nil
}

func decodeStrict(text []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if d.More() {
		return errNotALine
	}
	return nil
}
