package finding

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"time"
)

// MaxRemembered is how many findings a baseline is meant for: fifty for every
// person of the largest municipality, in 16 MiB. The caller counts.
const MaxRemembered = 2_000_000

const saltSize = 16

// About says what a baseline is of, to know whether two can be compared.
type About struct {
	Municipality string    `json:"municipality"`
	District     string    `json:"district"`
	Year         int       `json:"year"`
	RulePack     string    `json:"rule_pack"`
	Made         time.Time `json:"made"`
}

// Baseline remembers the findings of a run, to tell the next night what is
// new and what was fixed. It holds no identity number and no text of the
// file: each finding is a salted hash of its rule, class, field, pePeID and
// row id. The salt is random and goes from one night's baseline to the next,
// so hashes of two municipalities cannot be compared.
//
// Line numbers are not part of a hash: they move when anything above them
// does. A Baseline is a Sink.
type Baseline struct {
	About  About
	Totals *Totals

	salt   [saltSize]byte
	byRule map[string]*hashes
	buf    []byte
}

// hashes are those of one rule's findings, sorted when they are asked for.
type hashes struct {
	list   []uint64
	sorted bool
}

// NewBaseline returns an empty baseline for a run. It takes the salt of the
// earlier one so that the two can be compared, and a new one without it.
func NewBaseline(previous *Baseline) *Baseline {
	b := &Baseline{byRule: map[string]*hashes{}}
	if previous != nil {
		b.salt = previous.salt
		return b
	}
	_, _ = rand.Read(b.salt[:]) // never fails, by its documentation
	return b
}

// Reserve makes room for so many findings of each rule.
func (b *Baseline) Reserve(byRule map[string]int) {
	for rule, n := range byRule {
		if b.byRule[rule] == nil {
			b.byRule[rule] = &hashes{list: make([]uint64, 0, n)}
		}
	}
}

// Add remembers a finding.
func (b *Baseline) Add(f *Finding) {
	h := b.byRule[f.Rule]
	if h == nil {
		h = &hashes{}
		b.byRule[f.Rule] = h
	}
	h.list = append(h.list, b.hash(f))
	h.sorted = false
}

// hash of the parts that name the finding, each ended by a zero byte, which
// stands in none of them.
func (b *Baseline) hash(f *Finding) uint64 {
	b.buf = append(b.buf[:0], b.salt[:]...)
	for _, part := range [...]string{f.Rule, f.Class, f.Field, f.Person, f.Row} {
		b.buf = append(append(b.buf, part...), 0)
	}
	if f.Line == 0 {
		// Findings on totals differ by service code only.
		for i := 0; i+1 < len(f.Args); i += 2 {
			if f.Args[i] == "code" {
				b.buf = fmt.Append(b.buf, f.Args[i+1])
			}
		}
	}
	sum := sha256.Sum256(b.buf)
	return binary.BigEndian.Uint64(sum[:])
}

// Len returns the number of findings remembered.
func (b *Baseline) Len() int {
	n := 0
	for _, h := range b.byRule {
		n += len(h.list)
	}
	return n
}

func (h *hashes) sort() []uint64 {
	if h == nil {
		return nil
	}
	if !h.sorted {
		slices.Sort(h.list)
		h.sorted = true
	}
	return h.list
}

// Compare sets this run beside an earlier one, whose name is for the reader.
// Every finding of this run is new or remaining; fixed are those of the
// earlier run that are gone.
func (b *Baseline) Compare(earlier *Baseline, name string) *Comparison {
	c := &Comparison{Previous: name, ByRule: map[string]Change{}}
	for rule, h := range b.byRule {
		c.ByRule[rule] = compare(h.sort(), earlier.byRule[rule].sort())
	}
	for rule, h := range earlier.byRule {
		if b.byRule[rule] == nil {
			c.ByRule[rule] = Change{Fixed: len(h.list)}
		}
	}
	c.IsNew = func(f *Finding) bool {
		_, found := slices.BinarySearch(earlier.byRule[f.Rule].sort(), b.hash(f))
		return !found
	}
	return c
}

// compare walks two sorted lists side by side.
func compare(now, before []uint64) Change {
	var c Change
	i, j := 0, 0
	for i < len(now) && j < len(before) {
		switch {
		case now[i] < before[j]:
			c.New++
			i++
		case now[i] > before[j]:
			c.Fixed++
			j++
		default:
			for same := now[i]; i < len(now) && now[i] == same; i++ {
				c.Remaining++
			}
			for same := before[j]; j < len(before) && before[j] == same; j++ {
				continue
			}
		}
	}
	c.New += len(now) - i
	c.Fixed += len(before) - j
	return c
}
