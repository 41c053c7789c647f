package crypt

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"iplos/internal/atomicfile"
	"iplos/internal/crypt/cms"
	"iplos/internal/crypt/container"
	"iplos/internal/crypt/parts"
	"iplos/internal/fault"
)

// Opened says what a package held and what was released.
type Opened struct {
	// Manifest is nil when the keys are the pseudonymiser's alone.
	Manifest *Manifest
	// Message and Identities are the paths written; Joined tells whether the
	// message has its identities back.
	Message    string
	Identities string
	Joined     bool
	// SHA256 is of the message as written, empty where none was; the
	// manifest's is of the message with link ids.
	SHA256 string
	// IdentityLines is the number of identities read.
	IdentityLines int
}

// Open verifies a package in whatever format it is and releases what the keys
// may see. Damage is a fault of kind Integrity that names the file, and
// nothing is left.
func Open(ctx context.Context, path string, opts OpenOptions) (*Opened, error) {
	names, err := packageNames(path)
	if err != nil {
		return nil, err
	}
	for _, e := range Envelopes() {
		if e.Recognise(names) {
			return e.Open(ctx, path, opts)
		}
	}
	return nil, fault.New(fault.Integrity, "crypt.open.unknown", "path", path)
}

func packageNames(path string) ([]string, error) {
	r, err := container.Open(path)
	if err != nil {
		return nil, readFault(err, path)
	}
	var names []string
	for _, e := range r.Entries() {
		names = append(names, e.Name)
	}
	return names, r.Close()
}

// opener1 opens iplos-envelope/1.
type opener1 struct {
	opts OpenOptions
	in   *container.Reader
	sums map[string]string
	m    *Manifest
}

func open1(ctx context.Context, path string, opts OpenOptions) (*Opened, error) {
	if err := checkTargets(path, opts); err != nil {
		return nil, err
	}
	in, err := container.Open(path)
	if err != nil {
		return nil, readFault(err, path)
	}
	o := &opener1{opts: opts, in: in}
	opened, err := o.open(ctx)
	if err := errors.Join(err, in.Close()); err != nil {
		return nil, readFault(err, path)
	}
	return opened, nil
}

// checkTargets refuses to write over the package or one file twice.
func checkTargets(path string, opts OpenOptions) error {
	if opts.Message != "" && filepath.Clean(opts.Message) == filepath.Clean(opts.Identities) {
		return fault.New(fault.Usage, "crypt.open.same", "path", opts.Message)
	}
	for _, target := range []string{opts.Message, opts.Identities} {
		a, errA := os.Stat(path)
		b, errB := os.Stat(target)
		if errA == nil && errB == nil && os.SameFile(a, b) {
			return fault.New(fault.Usage, "crypt.open.same", "path", target)
		}
	}
	return nil
}

// open checks the package from the outside in: the list of sums, names and
// order, the manifest, the identities, and at last the parts, whose content
// goes to a file that gets its name only when everything is right.
func (o *opener1) open(ctx context.Context) (*Opened, error) {
	if err := o.readSums(); err != nil { // it tells a file too many from one too few
		return nil, err
	}
	if err := checkNames(o.in.Entries()); err != nil {
		return nil, err
	}
	if o.in.Ordered() {
		if err := checkOrder(o.in.Entries()); err != nil {
			return nil, err
		}
	}
	if err := o.readManifest(); err != nil {
		return nil, err
	}
	ids, err := o.readIdentities()
	if err != nil {
		return nil, err
	}
	if o.m == nil {
		return o.releaseIdentities(ctx, ids)
	}
	return o.release(ctx, ids)
}

func (o *opener1) readSums() error {
	const enough = 1 << 20 // for ten thousand lines
	data, err := o.readSmall(sumsName, enough)
	if err != nil {
		return err
	}
	var ok bool
	if o.sums, ok = parseSums(data); !ok {
		return &container.EntryError{Name: sumsName, Why: container.Changed}
	}
	for _, e := range o.in.Entries() {
		if _, listed := o.sums[e.Name]; !listed && e.Name != sumsName {
			return &container.EntryError{Name: e.Name, Why: container.Foreign}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(o.sums)) {
		if o.entry(name) == nil || name == sumsName {
			return &container.EntryError{Name: name, Why: container.Missing}
		}
	}
	return nil
}

func (o *opener1) readSmall(name string, most int64) ([]byte, error) {
	if e := o.entry(name); e != nil && e.Bytes > most {
		return nil, &container.EntryError{Name: name, Why: container.Changed}
	}
	return o.in.Read(name, nil)
}

func (o *opener1) entry(name string) *container.Entry {
	for i, e := range o.in.Entries() {
		if e.Name == name {
			return &o.in.Entries()[i]
		}
	}
	return nil
}

// readManifest leaves m nil when the keys do not open it.
func (o *opener1) readManifest() error {
	const enough = 4 << 20 // for ten thousand parts
	data, err := o.readSmall(manifestName, enough)
	if err != nil {
		return err
	}
	if sumOf(data) != o.sums[manifestName] {
		return &container.EntryError{Name: manifestName, Why: container.Changed}
	}
	text, _, err := cms.Open(data, o.opts.Keys)
	if errors.Is(err, cms.ErrNoKey) {
		return nil
	}
	if err != nil {
		return &messageError{manifestName, err}
	}
	defer clear(text)
	m, err := decodeManifest(text)
	if err != nil || m.Format != formatID {
		return fault.New(fault.Integrity, "crypt.open.manifest") // no cause: it could quote the password
	}
	if err := o.compare(m); err != nil {
		m.FeedbackPassword.Wipe()
		return err
	}
	o.m = m
	return nil
}

// compare holds the manifest against the files that are there: each named
// once, in order, with its size and sum.
func (o *opener1) compare(m *Manifest) error {
	if m.Identity.Name != identityName || len(m.Parts) == 0 || len(m.Parts)+besides != len(o.in.Entries()) {
		return fault.New(fault.Integrity, "crypt.open.manifest")
	}
	for i, want := range append([]container.Entry{m.Identity}, m.Parts...) {
		if i > 0 && want.Name != parts.Name(i) {
			return &container.EntryError{Name: want.Name, Why: container.Order}
		}
		got := o.entry(want.Name)
		if got == nil {
			return &container.EntryError{Name: want.Name, Why: container.Missing}
		}
		if got.Bytes != want.Bytes || o.sums[want.Name] != want.SHA256 {
			return &container.EntryError{Name: want.Name, Why: container.Changed}
		}
	}
	return nil
}

// messageError names the file whose message could not be opened.
type messageError struct {
	name string
	err  error
}

func (e *messageError) Error() string { return fmt.Sprintf("opening %q: %v", e.name, e.err) }
func (e *messageError) Unwrap() error { return e.err }

// readFault turns what was met into what the user is told.
func readFault(err error, path string) error {
	if _, ok := errors.AsType[*fault.Error](err); ok || err == nil {
		return err
	}
	if e, ok := errors.AsType[*container.EntryError](err); ok {
		return fault.Wrap(err, fault.Integrity, entryFaults(e.Why), "file", e.Name, "path", path)
	}
	if e, ok := errors.AsType[*messageError](err); ok {
		id := "crypt.open.tag"
		if errors.Is(err, cms.ErrNoKey) {
			id = "crypt.open.nokey"
		}
		return fault.Wrap(err, fault.Integrity, id, "file", e.name, "path", path)
	}
	switch {
	case errors.Is(err, container.ErrDamaged):
		return fault.Wrap(err, fault.Integrity, "crypt.open.damaged", "path", path)
	case errors.Is(err, os.ErrNotExist):
		return fault.Wrap(err, fault.Usage, "crypt.open.absent", "path", path)
	case errors.Is(err, os.ErrPermission):
		return fault.Wrap(err, fault.Usage, "crypt.not.allowed", "path", path)
	default:
		return err
	}
}

func entryFaults(why container.Why) string {
	switch why {
	case container.Foreign:
		return "crypt.open.foreign"
	case container.Missing:
		return "crypt.open.missing"
	case container.Duplicate:
		return "crypt.open.duplicate"
	case container.Order:
		return "crypt.open.order"
	case container.Cut:
		return "crypt.open.cut"
	default:
		return "crypt.open.changed"
	}
}

// createTarget starts an output file.
func createTarget(path string, force bool) (*atomicfile.File, error) {
	f, err := atomicfile.Create(path, atomicfile.Options{Force: force})
	return f, writeFault(err, path)
}
