package sendemodul

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"iplos/internal/atomicfile"
)

// Delivery is what came in one upload.
type Delivery struct {
	Reference string    `json:"reference"`
	Account   string    `json:"account"` // municipality-district
	At        time.Time `json:"at"`
	Files     []File    `json:"files"`
	// Dir is the folder the files lie in.
	Dir string `json:"-"`
}

// File is one file of a delivery.
type File struct {
	Name   string `json:"name"` // as the sender named it
	Stored string `json:"stored"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Path returns where the file lies.
func (d Delivery) Path(f File) string { return filepath.Join(d.Dir, f.Stored) }

// store keeps deliveries, one folder each; a folder has its name only when
// everything in it is whole.
type store struct {
	dir string
	now func() time.Time

	mu         sync.Mutex
	next       int
	deliveries []Delivery
}

func openStore(dir string, now func() time.Time) (*store, error) {
	st := &store{dir: dir, now: now, next: 1}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder for deliveries: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("reading deliveries: %w", err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "incoming-") {
			if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
				return nil, fmt.Errorf("removing an upload that was cut short: %w", err)
			}
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, e.Name(), "delivery.json"))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		d := Delivery{}
		if err == nil {
			err = json.Unmarshal(data, &d)
		}
		if err != nil {
			return nil, fmt.Errorf("reading delivery %q: %w", e.Name(), err)
		}
		d.Dir = filepath.Join(dir, e.Name())
		st.deliveries = append(st.deliveries, d)
	}
	slices.SortFunc(st.deliveries, func(a, b Delivery) int { return a.At.Compare(b.At) })
	st.next = len(st.deliveries) + 1
	return st, nil
}

func (st *store) all() []Delivery {
	st.mu.Lock()
	defer st.mu.Unlock()
	return slices.Clone(st.deliveries)
}

func (st *store) of(account string) []Delivery {
	return slices.DeleteFunc(st.all(), func(d Delivery) bool { return d.Account != account })
}

// incoming is an upload under way, in a folder of its own.
type incoming struct {
	dir   string
	files []File
}

func (st *store) begin() (*incoming, error) {
	dir, err := os.MkdirTemp(st.dir, "incoming-")
	if err != nil {
		return nil, fmt.Errorf("making a folder for the upload: %w", err)
	}
	return &incoming{dir: dir}, nil
}

// add streams one file to disk. The name is only shown; the file on disk is
// numbered.
func (in *incoming) add(name string, r io.Reader) error {
	stored := fmt.Sprintf("file-%04d", len(in.files)+1)
	f, err := os.OpenFile(filepath.Join(in.dir, stored), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	sum := sha256.New()
	n, err := io.CopyBuffer(struct{ io.Writer }{io.MultiWriter(f, sum)}, r, make([]byte, 256<<10))
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	in.files = append(in.files, File{Name: name, Stored: stored, Bytes: n, SHA256: hex.EncodeToString(sum.Sum(nil))})
	return nil
}

func (in *incoming) abort() { _ = os.RemoveAll(in.dir) }

// commit gives the delivery its reference and its folder.
func (st *store) commit(in *incoming, account string) (Delivery, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	at := st.now()
	d := Delivery{Reference: fmt.Sprintf("S%s-%04d", at.Format("060102"), st.next), Account: account, At: at, Files: in.files}
	data, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return Delivery{}, err
	}
	if err := atomicfile.WriteFile(filepath.Join(in.dir, "delivery.json"), data, atomicfile.Options{}); err != nil {
		return Delivery{}, err
	}
	d.Dir = filepath.Join(st.dir, d.Reference)
	if err := os.Rename(in.dir, d.Dir); err != nil {
		return Delivery{}, fmt.Errorf("storing the delivery: %w", err)
	}
	st.next++
	st.deliveries = append(st.deliveries, d)
	return d, nil
}
