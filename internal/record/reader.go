package record

import (
	"bytes"
	"io"
	"iter"
)

// maxPerson bounds the memory of one person, or of the header with what
// stands beside it. A person of the message takes some ten kilobytes; the
// bound is ten thousand rows, and small enough that hostile input is refused
// within 32 MiB for the whole program.
const maxPerson = 4 << 20

// problemSize is what a Problem is counted as in that memory.
const problemSize = 128

// textName is the Name of a Problem that is text where none belongs.
const textName = "#text"

// ReaderOptions says how to read.
type ReaderOptions struct {
	// Decoded means that the input was decoded to UTF-8 in front of the
	// Reader, so that the encoding its declaration names is not looked at.
	// Without it, a declared encoding other than UTF-8 or US-ASCII is an
	// error.
	Decoded bool
}

// Reader reads a message from UTF-8 text, a person at a time. Its memory does
// not depend on the size of the input.
//
// The order of use is Header, Persons, Problems.
type Reader struct {
	s       *scanner
	profile Profile
	present [NumFields]bool
	ns      []byte
	forms   *[NumClasses]rowForm // what fast reading expects
	// scanOnly turns fast reading off, for comparison.
	scanOnly bool

	header   Header
	found    bool      // INNHINFO was there
	problems []Problem // what Problems returns
	loose    []Problem // met between the children of the root, not yet given
	person   Person
	state    readerState
	err      error
}

type readerState uint8

const (
	atStart  readerState = iota
	atPerson             // the current token is the start tag of a PERSON
	between              // the current token is the end tag of a PERSON
	atClose              // the input has ended, or reading failed
)

// NewReader returns a Reader of the message in src.
func NewReader(src io.Reader, opts ReaderOptions) *Reader {
	s := newScanner(src)
	s.decoded = opts.Decoded
	return &Reader{s: s}
}

// Header reads up to the first PERSON. Row 0 of the Header is the INNHINFO
// row; where the input has no INNHINFO, that row is empty.
//
// The error is a *SyntaxError, a *VersionError, or that of the source.
func (r *Reader) Header() (*Header, Profile, error) {
	if r.state == atStart {
		r.state = atClose
		if r.readRoot() && r.findPerson() {
			r.state = atPerson
		}
		r.problems = append(r.problems, r.loose...)
		r.loose = r.loose[:0]
	}
	if r.err != nil {
		return nil, r.profile, r.err
	}
	return &r.header, r.profile, nil
}

// Persons yields the persons in file order. The Person is the same each time
// and valid until the next one. An error, as from Header, comes last, with a
// nil Person; a person that the fault cut through is not given.
func (r *Reader) Persons() iter.Seq2[*Person, error] {
	return func(yield func(*Person, error) bool) {
		if _, _, err := r.Header(); err != nil {
			yield(nil, err)
			return
		}
		for r.nextPerson() {
			if !yield(&r.person, nil) {
				return
			}
		}
		if r.err != nil {
			yield(nil, r.err)
		}
	}
}

// Problems returns the problems that belong to no person: those before the
// first PERSON and those after the last. It is complete once Persons has
// ended; the ones a person has, or that stand right before it, are in its
// Problems.
func (r *Reader) Problems() []Problem { return r.problems }

// Offset returns how many bytes of the UTF-8 text were read so far.
func (r *Reader) Offset() int64 { return r.s.base + int64(r.s.pos) }

func (r *Reader) fail(err error) bool {
	if r.err == nil {
		r.err = err
	}
	return false
}

// readRoot reads the start tag of the root element and finds the profile.
func (r *Reader) readRoot() bool {
	s := r.s
	if s.next() != tokStart {
		return r.fail(s.err)
	}
	var versjon []byte
	has := false
	for i := range s.attrs {
		if a := &s.attrs[i]; string(a.name) == Versjon.Name() {
			versjon, has = a.value, true
		}
	}
	profile, known := ProfileOf(string(versjon), string(s.ns))
	if !known || string(s.local()) != Iplos.Element() {
		line, column := s.position(s.tok)
		return r.fail(&VersionError{
			Root: cutName(s.name), Versjon: cutName(versjon), Namespace: cutName(s.ns), HasVersjon: has,
			Line: line, Column: column,
		})
	}
	r.profile, r.ns = profile, []byte(profile.Namespace)
	for f := NoField + 1; f < NumFields; f++ {
		r.present[f] = profile.Cardinality(f) != Absent
	}
	r.forms = makeForms(profile, string(s.name[:s.colon+1]))
	for i := range s.attrs {
		if a := &s.attrs[i]; string(a.name) != Versjon.Name() && !a.allowed() {
			r.problem(&r.problems, Unexpected, Iplos, a.name, a.at)
		}
	}
	r.header.Add(Innhinfo, s.line)
	return true
}

// nextPerson reads one person into r.person.
func (r *Reader) nextPerson() bool {
	if r.state == between {
		r.state = atClose
		if r.findPerson() {
			r.state = atPerson
		} else {
			r.problems = append(r.problems, r.loose...)
			r.loose = r.loose[:0]
		}
	}
	if r.state != atPerson || r.err != nil {
		return false
	}
	r.state = between
	r.person.Reset()
	r.person.Problems = append(r.person.Problems, r.loose...)
	r.loose = r.loose[:0]
	return r.readRow(&r.person.Rows, PersonRow)
}

// findPerson reads on between the children of the root until the start tag
// of a PERSON, and returns false at the end of the input and on an error.
func (r *Reader) findPerson() bool {
	s := r.s
	for {
		switch s.next() {
		case tokStart:
			if r.rootChild() {
				return true
			}
		case tokText:
			if !s.white {
				r.problem(&r.loose, Unexpected, Iplos, []byte(textName), s.tok)
			}
		case tokEnd:
		case tokEOF:
			return false
		default:
			return r.fail(s.err)
		}
		if r.err != nil || !r.checkSize(&r.header.Rows, len(r.loose)+len(r.problems)) {
			return false
		}
	}
}

// rootChild reads an element inside the root, and tells whether it is a
// PERSON, which it leaves to the caller.
func (r *Reader) rootChild() bool {
	s := r.s
	kind := Unexpected
	if string(s.ns) == string(r.ns) {
		switch string(s.local()) {
		case PersonRow.Element():
			return true
		case Innhinfo.Element():
			if !r.found && r.state == atClose && r.person.Len() == 0 {
				r.found = true
				r.header.Reset()
				r.readRow(&r.header.Rows, Innhinfo)
				r.problems = append(r.problems, r.header.Problems...)
				r.header.Problems = r.header.Problems[:0]
				return false
			}
			// It cannot be kept: the header was given already.
			if kind = OutOfOrder; r.found {
				kind = Repeated
			}
		}
	}
	r.problem(&r.loose, kind, Iplos, s.name, s.tok)
	r.skip()
	return false
}

// skip reads to the end of the current element.
func (r *Reader) skip() bool {
	for depth := 1; depth > 0; {
		switch r.s.next() {
		case tokStart:
			depth++
		case tokEnd:
			depth--
		case tokText:
		default:
			return r.fail(r.s.err)
		}
	}
	return true
}

// checkSize keeps rows and problems within maxPerson.
func (r *Reader) checkSize(rows *Rows, problems int) bool {
	const rowSize, valueSize = 12, 12
	if len(rows.buf)+rowSize*len(rows.rows)+valueSize*len(rows.vals)+problemSize*problems <= maxPerson {
		return true
	}
	r.s.failAt(r.s.tok, codePersonSize, nil)
	return r.fail(r.s.err)
}

// problem notes a problem at an index in the window.
func (r *Reader) problem(to *[]Problem, kind ProblemKind, c Class, name []byte, at int) {
	line, column := r.s.position(at)
	*to = append(*to, Problem{Kind: kind, Class: c, Name: cutName(name), Line: line, Column: column})
}

// allowed tells whether the attribute may stand on any element: a namespace
// declaration, or a hint where a schema is.
func (a *attribute) allowed() bool {
	if a.isNS {
		return true
	}
	if a.colon < 0 || !bytes.Equal(a.ns, []byte(xsiNamespace)) {
		return false
	}
	switch string(a.name[a.colon+1:]) {
	case "schemaLocation", "noNamespaceSchemaLocation":
		return true
	}
	return false
}

// local returns the name of the current element without its prefix.
func (s *scanner) local() []byte { return s.name[s.colon+1:] }
