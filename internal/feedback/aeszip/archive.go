package aeszip

import (
	"archive/zip"
	"cmp"
	"errors"
	"io"
	"slices"
	"strconv"

	"iplos/internal/disk"
	"iplos/internal/fault"
)

// Archive is an archive whose every entry has passed the checks that need no
// password.
type Archive struct {
	src     *tap
	limits  Limits
	entries []*entry
	total   int64
	// free tells the room on a folder's disk.
	free func(folder string) (bytes int64, ok bool)
}

// Entry is what an archive says about one of its files or folders.
type Entry struct {
	// Name is decoded, in NFC, with forward slashes and checked; a folder's
	// name has no slash at its end.
	Name string
	// Folder marks an entry that is only a name.
	Folder bool
	// Bytes is the unpacked size the archive declares.
	Bytes int64
}

// entry is an Entry with what is needed to unpack it.
type entry struct {
	Entry
	aes        aesField
	crc        uint32
	offset     int64 // of the salt
	compressed int64 // salt, verifier, ciphertext and tag
	header     int64 // offset of the local header
}

// Open reads the archive's directory and checks every entry. Whatever it
// refuses is a [fault.Error] of kind Integrity that names the entry.
func Open(r io.ReaderAt, size int64, limits Limits) (*Archive, error) {
	src := &tap{r: r, budget: limits.directoryBudget(), metered: true}
	zr, err := zip.NewReader(src, size)
	src.metered = false
	switch {
	case errors.Is(err, errBudget):
		return nil, tooManyEntries(limits)
	case err != nil:
		return nil, fault.Wrap(err, fault.Integrity, "zip.format")
	case len(zr.File) > limits.Entries:
		return nil, tooManyEntries(limits)
	}
	a := &Archive{src: src, limits: limits, free: disk.Free}
	names := newNameSet()
	for _, f := range zr.File {
		e, err := a.check(f, size)
		if err != nil {
			return nil, err
		}
		if err := names.add(e.Name, e.Folder); err != nil {
			return nil, err
		}
		a.entries = append(a.entries, e)
	}
	if !slices.ContainsFunc(a.entries, func(e *entry) bool { return !e.Folder }) {
		return nil, fault.New(fault.Integrity, "zip.empty")
	}
	return a, a.checkOverlap()
}

// Entries lists the archive's files and folders in the archive's order.
func (a *Archive) Entries() []Entry {
	list := make([]Entry, len(a.entries))
	for i, e := range a.entries {
		list[i] = e.Entry
	}
	return list
}

// TotalBytes returns the declared unpacked size of all entries.
func (a *Archive) TotalBytes() int64 { return a.total }

// check turns one directory record into an entry or a refusal.
func (a *Archive) check(f *zip.File, size int64) (*entry, error) {
	name, err := decodeName(f)
	if err != nil {
		return nil, err
	}
	shown := strconv.Quote(name)
	e := &entry{crc: f.CRC32}
	if e.Name, e.Folder, err = checkName(name); err != nil {
		return nil, err
	}
	if err := checkKind(f, e.Folder, shown); err != nil {
		return nil, err
	}
	if !e.Folder && !emptyPlain(f) {
		if e.aes, err = checkEncryption(f, shown); err != nil {
			return nil, err
		}
	}
	if err := a.locate(f, e, size, shown); err != nil || !e.encrypted() {
		return e, err
	}
	if e.compressed < e.aes.overhead() {
		return nil, fault.New(fault.Integrity, "zip.entry.size", "entry", shown)
	}
	return e, a.checkSize(e, f, shown)
}

// locate checks an entry's place in the file, and that its local header says
// the same as the directory: two answers to one question are how readers are
// made to disagree.
func (a *Archive) locate(f *zip.File, e *entry, size int64, shown string) error {
	offset, err := f.DataOffset()
	if err != nil {
		return fault.Wrap(err, fault.Integrity, "zip.entry.header", "entry", shown)
	}
	if offset < 0 || offset > size || f.CompressedSize64 > uint64(size-offset) {
		return fault.New(fault.Integrity, "zip.entry.size", "entry", shown)
	}
	e.offset, e.header, e.compressed = offset, a.src.last, int64(f.CompressedSize64)
	if err := sameLocalHeader(a.src.r, e.header, f); err != nil {
		return fault.Wrap(err, fault.Integrity, "zip.entry.header", "entry", shown)
	}
	return nil
}

// checkSize holds the declared sizes against the limits.
func (a *Archive) checkSize(e *entry, f *zip.File, shown string) error {
	if f.UncompressedSize64 > uint64(a.limits.TotalBytes-a.total) {
		return fault.New(fault.Integrity, "zip.limit.total", "limit", a.limits.TotalBytes)
	}
	e.Bytes = int64(f.UncompressedSize64)
	a.total += e.Bytes
	payload := e.compressed - e.aes.overhead()
	if e.Bytes > a.limits.RatioFloor && e.Bytes/a.limits.Ratio > payload {
		return fault.New(fault.Integrity, "zip.limit.ratio", "entry", shown, "limit", a.limits.Ratio)
	}
	if e.aes.method == zip.Store && e.Bytes != payload {
		return fault.New(fault.Integrity, "zip.entry.size", "entry", shown)
	}
	return nil
}

// checkOverlap refuses entries that share bytes: that is how a small archive
// unpacks to petabytes.
func (a *Archive) checkOverlap() error {
	byPlace := slices.SortedFunc(slices.Values(a.entries), func(x, y *entry) int {
		return cmp.Compare(x.header, y.header)
	})
	for i := 1; i < len(byPlace); i++ {
		before, e := byPlace[i-1], byPlace[i]
		if e.header < before.offset+before.compressed {
			return fault.New(fault.Integrity, "zip.entry.overlap", "entry", strconv.Quote(e.Name))
		}
	}
	return nil
}

func tooManyEntries(l Limits) error {
	return fault.New(fault.Integrity, "zip.limit.entries", "limit", l.Entries)
}

var errBudget = errors.New("the central directory is too large")

// tap passes reads on, stops those that go beyond the budget while metered,
// and remembers the place of the last one: archive/zip does not tell where an
// entry's local header stands, but reads just that to find the data.
type tap struct {
	r       io.ReaderAt
	budget  int64
	metered bool
	last    int64
}

func (t *tap) ReadAt(p []byte, off int64) (int, error) {
	t.last = off
	if t.metered {
		t.budget -= int64(len(p))
		if t.budget < 0 {
			return 0, errBudget
		}
	}
	return t.r.ReadAt(p, off)
}
