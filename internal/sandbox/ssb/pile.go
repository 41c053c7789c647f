package ssb

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"iplos/internal/sandbox/sendemodul"
)

const (
	sumsName     = "SHA256SUMS"
	manifestName = "manifest.p7m"
)

// pile keeps, by account, the files of packages that come in several
// uploads: by hash, so that two packages under way do not mix.
type pile struct {
	dir string

	mu    sync.Mutex
	files map[string]map[string]string // account → SHA-256 → path
	sums  map[string][]string          // account → lists that have come
}

func newPile(dir string) *pile {
	return &pile{dir: dir, files: map[string]map[string]string{}, sums: map[string][]string{}}
}

// add takes a delivery and returns the path of the package that is whole
// with it, or "".
func (p *pile) add(d sendemodul.Delivery) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.files[d.Account] == nil {
		p.files[d.Account] = map[string]string{}
	}
	for _, f := range d.Files {
		if isTar(d.Path(f)) {
			return p.link(d, f)
		}
		if f.Name != sumsName && !packageFile().MatchString(f.Name) {
			return "", fmt.Errorf("%q is neither a package nor a file of one", f.Name)
		}
		p.files[d.Account][f.SHA256] = d.Path(f)
		if f.Name == sumsName {
			p.sums[d.Account] = append(p.sums[d.Account], d.Path(f))
		}
	}
	for _, list := range p.sums[d.Account] {
		path, err := p.assemble(d, list)
		if err != nil || path != "" {
			return path, err
		}
	}
	return "", nil
}

// isTar looks for the mark of a tar at its place.
func isTar(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }() // read only
	var mark [5]byte
	_, err = f.ReadAt(mark[:], 257)
	return err == nil && string(mark[:]) == "ustar"
}

// link gives a tar its ending, by which it is opened.
func (p *pile) link(d sendemodul.Delivery, f sendemodul.File) (string, error) {
	path := filepath.Join(p.dir, d.Reference+".tar")
	return path, place(d.Path(f), path)
}

// place links a file, or copies it where the file system has no links. One
// that is there already is kept: a restart goes through everything again.
func place(from, to string) error {
	if _, err := os.Stat(to); err == nil {
		return nil
	}
	if os.Link(from, to) == nil {
		return nil
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // read only
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// assemble makes a folder of the files on a list, when all have come.
func (p *pile) assemble(d sendemodul.Delivery, list string) (string, error) {
	names, err := readSums(list)
	if err != nil {
		return "", err
	}
	for _, sum := range names {
		if p.files[d.Account][sum] == "" {
			return "", nil
		}
	}
	if names[manifestName] == "" {
		return "", nil
	}
	dir := filepath.Join(p.dir, "package-"+names[manifestName][:16])
	if _, err := os.Stat(dir); err == nil && !p.newIn(d, names) {
		return "", nil // done before; this delivery belongs to another package
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	err = place(list, filepath.Join(dir, sumsName))
	for name, sum := range names {
		err = errors.Join(err, place(p.files[d.Account][sum], filepath.Join(dir, name)))
	}
	return dir, err
}

// newIn tells whether a file of the delivery is on the list.
func (p *pile) newIn(d sendemodul.Delivery, names map[string]string) bool {
	for _, f := range d.Files {
		if names[f.Name] == f.SHA256 {
			return true
		}
	}
	return false
}

func packageFile() *regexp.Regexp {
	return regexp.MustCompile(`^(part-\d{4}\.p7m|identity\.p7m|manifest\.p7m)$`)
}

// readSums reads a list of "hash  name" and takes only names a package has.
func readSums(path string) (map[string]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // read only
	known := packageFile()
	names := map[string]string{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		sum, name, _ := strings.Cut(lines.Text(), " ")
		name = strings.TrimLeft(name, " *")
		if raw, err := hex.DecodeString(sum); err != nil || len(raw) != sha256.Size || !known.MatchString(name) {
			return nil, fmt.Errorf("reading %s: not a list of a package's files", sumsName)
		}
		names[name] = sum
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("reading %s: %w", sumsName, err)
	}
	return names, nil
}
