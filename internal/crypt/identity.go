package crypt

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"

	"github.com/klauspost/compress/gzip"

	"iplos/internal/crypt/cms"
	"iplos/internal/ident"
)

// linkSize is the length of a link id: 128 random bits in hex.
const linkSize = 32

// linker makes link ids. Random bits are drawn for many at a time.
type linker struct {
	pool [256 * linkSize / 2]byte
	used int
	text [linkSize]byte
}

func newLinker() *linker { return &linker{used: len(linker{}.pool)} }

// next returns a new link id; it is valid until the next call.
func (l *linker) next() []byte {
	if l.used == len(l.pool) {
		_, _ = rand.Read(l.pool[:]) // never fails: crypto/rand ends the process instead
		l.used = 0
	}
	hex.Encode(l.text[:], l.pool[l.used:l.used+linkSize/2])
	l.used += linkSize / 2
	return l.text[:]
}

// identityKind names the kind of number in identity.p7m.
func identityKind(number []byte) string {
	n, _ := ident.Parse(number, ident.Relaxed2032)
	switch n.Kind {
	case ident.Fodselsnummer:
		return "fnr"
	case ident.DNumber:
		return "dnr"
	case ident.HNumber:
		return "hnr"
	case ident.FHNumber:
		return "fhnr"
	case ident.DUF:
		return "duf"
	default:
		return "other"
	}
}

// identities gathers the lines of identity.p7m, compressed, in memory: they
// are one message and must never be readable on disk.
type identities struct {
	packed chunks
	gz     *gzip.Writer
	line   []byte
}

func newIdentities() (*identities, error) {
	i := &identities{}
	// Random link ids do not pack; the fastest level gets what there is.
	gz, err := gzip.NewWriterLevel(&i.packed, gzip.BestSpeed)
	if err != nil {
		return nil, fmt.Errorf("packing identities: %w", err)
	}
	i.gz = gz
	return i, nil
}

func (i *identities) add(link, number []byte) error {
	i.line = appendIdentityLine(i.line[:0], link, []byte(identityKind(number)), number)
	_, err := i.gz.Write(i.line)
	return err
}

// finish returns the packed lines with room for sealing in place.
func (i *identities) finish() ([]byte, error) {
	if err := i.gz.Close(); err != nil {
		return nil, fmt.Errorf("packing identities: %w", err)
	}
	return i.packed.join(cms.Overhead), nil
}

// wipe overwrites what was gathered.
func (i *identities) wipe() {
	i.packed.wipe()
	clear(i.line[:cap(i.line)])
}

// chunks grows without copying, so that nothing is held twice.
type chunks struct {
	full [][]byte
	size int
}

const chunkSize = 64 << 10

// Write adds bytes.
func (c *chunks) Write(p []byte) (int, error) {
	total := len(p)
	for len(p) > 0 {
		if len(c.full) == 0 || len(c.full[len(c.full)-1]) == chunkSize {
			c.full = append(c.full, make([]byte, 0, chunkSize))
		}
		last := &c.full[len(c.full)-1]
		n := min(len(p), chunkSize-len(*last))
		*last = append(*last, p[:n]...)
		p = p[n:]
		c.size += n
	}
	return total, nil
}

// join returns all bytes in one slice with room after them, and wipes.
func (c *chunks) join(room int) []byte {
	out := make([]byte, 0, c.size+room)
	for i, chunk := range c.full {
		out = append(out, chunk...)
		clear(chunk)
		c.full[i] = nil
	}
	c.full, c.size = nil, 0
	return out
}

func (c *chunks) wipe() {
	for _, chunk := range c.full {
		clear(chunk)
	}
	c.full, c.size = nil, 0
}
