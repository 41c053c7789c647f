package ssb

import (
	"bytes"
	"context"
	"crypto/rsa"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/klauspost/compress/gzip"

	"iplos/internal/crypt"
	"iplos/internal/crypt/cms"
	"iplos/internal/crypt/container"
	"iplos/internal/crypt/parts"
	"iplos/internal/record"
)

// reading is a sealed message being read, part by part, with its identities
// put back. crypt.Open has found the package whole before.
type reading struct {
	in     *container.Reader
	keys   []*rsa.PrivateKey
	parts  []container.Entry
	buf    []byte
	cur    []byte
	person *record.Reader
	ids    *csv.Reader
}

func openReading(path string, m *crypt.Manifest, keys []*rsa.PrivateKey) (*reading, error) {
	in, err := container.Open(path)
	if err != nil {
		return nil, err
	}
	r := &reading{in: in, keys: keys, parts: m.Parts}
	if err := r.start(m); err != nil {
		return nil, errors.Join(err, in.Close())
	}
	return r, nil
}

func (r *reading) start(m *crypt.Manifest) error {
	sealed, err := r.in.Read(m.Identity.Name, nil)
	if err != nil {
		return err
	}
	packed, _, err := cms.Open(sealed, r.keys)
	if err != nil {
		return fmt.Errorf("opening the identities: %w", err)
	}
	lines, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return fmt.Errorf("unpacking the identities: %w", err)
	}
	r.ids = csv.NewReader(lines)
	r.ids.FieldsPerRecord, r.ids.ReuseRecord = 3, true
	var text io.Reader = r
	if m.Compression == parts.Gzip {
		if text, err = gzip.NewReader(r); err != nil {
			return fmt.Errorf("unpacking the message: %w", err)
		}
	}
	r.person = record.NewReader(text, record.ReaderOptions{})
	return nil
}

// Read gives the content of the parts, one after the other.
func (r *reading) Read(p []byte) (int, error) {
	for len(r.cur) == 0 {
		if len(r.parts) == 0 {
			return 0, io.EOF
		}
		sealed, err := r.in.Read(r.parts[0].Name, r.buf)
		if err != nil {
			return 0, err
		}
		if r.cur, _, err = cms.Open(sealed, r.keys); err != nil {
			return 0, fmt.Errorf("opening %q: %w", r.parts[0].Name, err)
		}
		r.buf, r.parts = sealed, r.parts[1:]
	}
	n := copy(p, r.cur)
	r.cur = r.cur[n:]
	return n, nil
}

// persons yields the persons with the identity in the place of the link id.
// Both come in the same order.
func (r *reading) persons(ctx context.Context) iter.Seq2[*record.Person, error] {
	return func(yield func(*record.Person, error) bool) {
		for p, err := range r.person.Persons() {
			if err == nil {
				err = context.Cause(ctx)
			}
			if err == nil {
				err = r.join(p)
			}
			if !yield(p, err) || err != nil {
				return
			}
		}
	}
}

func (r *reading) join(p *record.Person) error {
	link := p.Get(record.PeFnr)
	if len(link) == 0 {
		return nil
	}
	fields, err := r.ids.Read()
	if err != nil || fields[0] != string(link) {
		return errors.New("an identity is missing or out of order")
	}
	p.SetString(0, record.PeFnr, fields[2], p.Row(0).FieldLine(record.PeFnr))
	return nil
}

func (r *reading) close() error { return r.in.Close() }
