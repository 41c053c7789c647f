package crypt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime/debug"
	"slices"

	"iplos/internal/atomicfile"
	"iplos/internal/crypt/cms"
	"iplos/internal/crypt/container"
	"iplos/internal/crypt/keyfile"
	"iplos/internal/crypt/parts"
	"iplos/internal/disk"
	"iplos/internal/fault"
	"iplos/internal/finding"
	"iplos/internal/record"
	"iplos/internal/secret"
)

// The names in a package, besides the parts.
const (
	manifestName = "manifest.p7m"
	identityName = "identity.p7m"
	sumsName     = "SHA256SUMS"
)

const formatID = "iplos-envelope/1"

// Sealed says what was sealed. It holds no secret and no personal data.
type Sealed struct {
	// Path is the package, Kind how its files are kept together.
	Path string
	Kind container.Kind
	// Files are what to send, in the order to send them: the tar, or the
	// files of the folder, manifest last.
	Files []container.Entry
	// Manifest is the package's own account, without the password.
	Manifest Manifest
	// ContentSHA256 is the digest by which two submissions have the same
	// content: the message before link ids, iiLagetDato blank.
	ContentSHA256 string
}

func envelope1() Envelope {
	return Envelope{
		ID: formatID,
		New: func(ctx context.Context, opts Options) (Sealer, error) {
			s, err := newSealer1(ctx, opts)
			if err != nil {
				return nil, err
			}
			return s, nil
		},
		Recognise: func(names []string) bool {
			return slices.ContainsFunc(names, func(n string) bool { return n == manifestName || n == identityName || n == sumsName })
		},
		Open: open1,
	}
}

// sealer1 writes iplos-envelope/1.
type sealer1 struct {
	opts       Options
	register   []cms.Recipient
	identify   []cms.Recipient // whom identities are sealed for
	separation Separation

	out    *container.Writer
	parts  *parts.Writer
	idents *identities
	links  *linker

	buf, plain []byte
	period     Period
	persons    int
	rows       map[string]int
	done       bool
}

func newSealer1(ctx context.Context, opts Options) (*sealer1, error) {
	s := &sealer1{opts: opts, links: newLinker(), rows: map[string]int{}}
	if s.opts.SubmissionID == "" {
		s.opts.SubmissionID = NewSubmissionID()
	}
	if s.opts.Suite == "" {
		s.opts.Suite = cms.GCM
	}
	if s.opts.Compression == "" {
		s.opts.Compression = parts.Gzip
	}
	if err := s.chooseRecipients(); err != nil {
		return nil, err
	}
	if err := checkRoom(opts); err != nil {
		return nil, err
	}
	var err error
	if s.idents, err = newIdentities(); err != nil {
		return nil, err
	}
	s.out, err = container.Create(opts.Path, container.Options{
		Kind: opts.Package, Force: opts.Force, MayHold: inPackage, OnWrite: opts.OnWrite,
	})
	if err != nil {
		return nil, writeFault(err, opts.Path)
	}
	s.parts, err = parts.NewWriter(ctx, s.out, parts.Options{
		Size: opts.PartSize, Suite: s.opts.Suite, Recipients: s.register, Compression: s.opts.Compression,
	})
	if err != nil {
		s.out.Abort()
		return nil, err
	}
	return s, nil
}

// chooseRecipients decides who opens what. The separation is cryptographic
// only when no key opens both.
func (s *sealer1) chooseRecipients() error {
	registerKeys := map[string]bool{}
	s.separation = Cryptographic
	for _, r := range s.opts.Recipients {
		if r.Role == keyfile.Register {
			s.register = append(s.register, r.cms())
			registerKeys[r.Key.SPKISHA256()] = true
		}
	}
	for _, r := range s.opts.Recipients {
		if r.Role == keyfile.Pseudonymiser {
			s.identify = append(s.identify, r.cms())
			if registerKeys[r.Key.SPKISHA256()] {
				s.separation = Structural
			}
		}
	}
	if len(s.register) == 0 {
		return fault.New(fault.Usage, "crypt.no.register", "year", s.opts.DataYear)
	}
	if len(s.identify) == 0 {
		s.identify, s.separation = s.register, Structural
	}
	return nil
}

// Header writes the start of the message.
func (s *sealer1) Header(h *record.Header) error {
	full, err := record.AppendHeader(nil, h, s.opts.Profile, record.HeaderOptions{})
	if err != nil {
		return valueFault(err)
	}
	blank, err := record.AppendHeader(nil, h, s.opts.Profile, record.HeaderOptions{BlankMade: true})
	if err != nil {
		return valueFault(err)
	}
	if h.Len() > 0 {
		s.period = Period{From: string(h.Get(record.IiFraDato)), To: string(h.Get(record.IiTilDato))}
	}
	return s.stopped(s.parts.Substitute(full, blank))
}

// Person writes one person, the identity apart.
func (s *sealer1) Person(p *record.Person) error {
	s.persons++
	for _, c := range record.ChildClasses() {
		if n := p.Count(c); n > 0 && s.opts.Profile.Occurs(c).Max != 0 {
			s.rows[c.String()] += n
		}
	}
	number := p.Get(record.PeFnr)
	if s.opts.Profile.Cardinality(record.PeFnr) == record.Absent {
		number = nil
	}
	if len(number) == 0 {
		var err error
		if s.buf, err = record.AppendPerson(s.buf[:0], p, s.opts.Profile, nil); err != nil {
			return valueFault(err)
		}
		_, err = s.parts.Write(s.buf)
		return s.stopped(err)
	}
	return s.linked(p, number)
}

func (s *sealer1) linked(p *record.Person, number []byte) error {
	link := s.links.next()
	var err error
	if s.buf, err = record.AppendPerson(s.buf[:0], p, s.opts.Profile, link); err != nil {
		return valueFault(err)
	}
	original := number
	if !plainDigits(number) {
		// The text as the message would have it, escaped, or its error.
		if s.plain, err = record.AppendPerson(s.plain[:0], p, s.opts.Profile, nil); err != nil {
			return valueFault(err)
		}
		original = between(s.plain, "<peFnr>", "</peFnr>")
	}
	before, after, found := bytes.Cut(s.buf, link)
	if !found {
		return errors.New("sealing a person: the link id is not in the message")
	}
	if err := s.idents.add(link, number); err != nil {
		return err
	}
	if _, err := s.parts.Write(before); err != nil {
		return s.stopped(err)
	}
	if err := s.parts.Substitute(link, original); err != nil {
		return s.stopped(err)
	}
	_, err = s.parts.Write(after)
	return s.stopped(err)
}

func plainDigits(text []byte) bool {
	for _, c := range text {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

func between(text []byte, start, end string) []byte {
	_, rest, _ := bytes.Cut(text, []byte(start))
	inside, _, _ := bytes.Cut(rest, []byte(end))
	return inside
}

// Seal ends the message and makes the package appear.
func (s *sealer1) Seal(source finding.Input) (*Sealed, error) {
	defer s.Abort()
	if s.done {
		return nil, errors.New("sealing a package twice")
	}
	if _, err := s.parts.Write(record.AppendEnd(nil)); err != nil {
		return nil, s.stopped(err)
	}
	result, err := s.parts.Close()
	if err != nil {
		return nil, s.stopped(err)
	}
	giveBack(result.Bytes) // the part buffers, before the identities are joined
	m := s.manifest(source, result)
	if m.Identity, err = s.sealIdentities(); err != nil {
		return nil, s.stopped(err)
	}
	if err := s.sealManifest(&m); err != nil {
		return nil, s.stopped(err)
	}
	files, err := s.out.Commit()
	if err != nil {
		return nil, s.stopped(err)
	}
	s.done = true
	giveBack(result.Bytes) // the identities, before the caller's slow hash of the password
	m.FeedbackPassword = secret.Value{}
	return &Sealed{Path: s.opts.Path, Kind: s.out.Kind(), Files: files, Manifest: m, ContentSHA256: result.ContentSHA256}, nil
}

// giveBack returns memory that is no longer used to the system, after a
// message so large that it matters: the collector on its own would let the
// next need come on top of it.
func giveBack(messageBytes int64) {
	if messageBytes > parts.DefaultSize {
		debug.FreeOSMemory()
	}
}

func (s *sealer1) manifest(source finding.Input, r parts.Result) Manifest {
	m := Manifest{
		Format: formatID, SubmissionID: s.opts.SubmissionID, DataYear: s.opts.DataYear,
		Municipality: s.opts.Municipality, District: s.opts.District,
		OrganisationNumber: s.opts.OrganisationNumber, Period: s.period, Contact: s.opts.Contact,
		FeedbackPassword: s.opts.FeedbackPassword, Tool: s.opts.Tool, Separation: s.separation,
		Compression: s.opts.Compression, Source: Source{SHA256: source.SHA256, Bytes: source.Bytes},
		Message: Message{
			Version: s.opts.Profile.Versjon, SHA256: r.SHA256, Bytes: r.Bytes,
			Persons: s.persons, Rows: s.rows,
		},
		Parts: r.Parts,
	}
	for _, r := range s.opts.Recipients {
		m.Recipients = append(m.Recipients, RecipientID{Role: r.Role, SPKISHA256: r.Key.SPKISHA256()})
	}
	return m
}

func (s *sealer1) sealIdentities() (container.Entry, error) {
	packed, err := s.idents.finish()
	if err != nil {
		return container.Entry{}, err
	}
	return s.add(identityName, s.identify, packed)
}

// sealManifest adds the list of sums and the manifest; the manifest is last,
// so that a receiver who has it has everything.
func (s *sealer1) sealManifest(m *Manifest) error {
	text, err := m.encode(cms.Overhead)
	if err != nil {
		return err
	}
	sealed, err := cms.Seal(s.opts.Suite, s.register, text)
	clear(text[:cap(text)][len(sealed.Body):]) // the rest was encrypted in place
	if err != nil {
		return err
	}
	sums := formatSums(append([]container.Entry{digest(manifestName, sealed), m.Identity}, m.Parts...))
	if _, err := s.out.Add(sumsName, sums); err != nil {
		return err
	}
	_, err = s.out.Add(manifestName, sealed.Header, sealed.Body, sealed.Trailer)
	return err
}

func (s *sealer1) add(name string, to []cms.Recipient, content []byte) (container.Entry, error) {
	m, err := cms.Seal(s.opts.Suite, to, content)
	if err != nil {
		return container.Entry{}, err
	}
	return s.out.Add(name, m.Header, m.Body, m.Trailer)
}

// stopped turns why the package could not be written into what the user can
// do about it, and removes what was written.
func (s *sealer1) stopped(err error) error {
	if err == nil {
		return nil
	}
	s.Abort()
	return writeFault(err, s.opts.Path)
}

// Abort stops and leaves nothing.
func (s *sealer1) Abort() {
	s.parts.Abort()
	s.out.Abort()
	s.idents.wipe()
	clear(s.plain[:cap(s.plain)])
	clear(s.buf[:cap(s.buf)])
}

// valueFault is for text that no message can carry.
func valueFault(err error) error {
	if v, ok := errors.AsType[*record.ValueError](err); ok {
		return fault.Wrap(err, fault.Blocked, "crypt.value", "field", v.Field.Name(), "line", v.Line)
	}
	return err
}

// writeFault names what stands in the way of writing to a path.
func writeFault(err error, path string) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled):
		return fault.Wrap(err, fault.Interrupted, "crypt.interrupted")
	case errors.Is(err, atomicfile.ErrExists):
		return fault.Wrap(err, fault.Usage, "crypt.exists", "path", path)
	case disk.IsFull(err):
		return fault.Wrap(err, fault.Usage, "crypt.disk.full", "path", path)
	case errors.Is(err, parts.ErrTooLarge):
		return fault.Wrap(err, fault.Usage, "crypt.too.large")
	case errors.Is(err, fs.ErrNotExist):
		return fault.Wrap(err, fault.Usage, "crypt.folder.missing", "path", path)
	case errors.Is(err, fs.ErrPermission):
		return fault.Wrap(err, fault.Usage, "crypt.not.allowed", "path", path)
	default:
		return fmt.Errorf("writing %q: %w", path, err)
	}
}
