package extract

import (
	"context"
	"errors"
	"io"
	"iter"
	"time"

	"iplos/internal/fault"
	"iplos/internal/finding"
	"iplos/internal/record"
	"iplos/internal/table"
)

// Options says what to read and how.
type Options struct {
	// Path is a file or folder, or "-" for Stdin.
	Path  string
	Stdin io.Reader
	// Source is the kind of source (see [Sources]), empty to find it from the
	// content.
	Source string
	// Profile is the path of a mapping profile for tables, empty for the
	// generic one.
	Profile string
	// Year is the data year. Tables need it unless they say it themselves.
	Year int
	// Municipality and District report; tables may say them themselves. Of
	// persons who carry different old numbers, Municipality selects.
	Municipality, District string
	// Translate allows a municipality number of another year to be replaced
	// by the one of the data year, where there is exactly one.
	Translate bool
	// Now is the day the message is made.
	Now time.Time
	// Contacts go into the header of a 2018 message made from tables that do
	// not say them.
	Contacts []Contact
	// Words finds the texts of a proposed profile's comments, in the user's
	// language.
	Words func(id string, args ...any) string
	// TempDir is where an encrypted spill file goes, empty for the system's
	// own folder.
	TempDir string
	// MemoryBytes is how much of the tables is held in memory before the rest
	// is put in an encrypted spill file; 0 is DefaultMemory.
	MemoryBytes int64
}

// Contact is a KONTAKT row of a 2018 header.
type Contact struct{ Type, Name, Phone, Email string }

// Stream is an opened export. The order of use is Header, Persons, then what
// is complete only at the end, then Close.
type Stream struct {
	src    source
	ledger *ledger
}

// source is what each kind of source provides.
type source interface {
	header() *record.Header
	profile() record.Profile
	persons() iter.Seq2[*record.Person, error]
	problems() []record.Problem
	place(line int) (file string, inFile int)
	line(file string, inFile int) int
	input() finding.Input
	Close() error
}

// Open finds out what the export is and reads up to the first person. The
// errors are faults, or for a message a *record.SyntaxError or
// *record.VersionError. With those two, and with a fault of kind Blocked, the
// file is there and is no message: the Stream is then not nil, so that its
// Input can be reported, and is to be closed. The context is checked until
// Close.
func Open(ctx context.Context, o Options) (*Stream, error) {
	s := &Stream{ledger: &ledger{}}
	in, err := openInput(ctx, o)
	if err == nil {
		err = in.knownTable(o)
	}
	if err == nil {
		s.src, err = in.kind.open(ctx, in, o, s.ledger)
	}
	switch {
	case s.src != nil:
	case noMessage(err):
		in.drain()
		s.src = &message{ctx: ctx, in: in, ledger: s.ledger}
	default:
		return nil, errors.Join(err, in.Close())
	}
	return s, err
}

// noMessage tells that a fault says what is wrong with the content: it is
// empty, damaged, or a table that is none of the message's.
func noMessage(err error) bool { return fault.KindOf(err) == fault.Blocked }

// Header returns the message's header.
func (s *Stream) Header() *record.Header { return s.src.header() }

// Profile returns the version of the message: as read, or for tables the one
// of the data year.
func (s *Stream) Profile() record.Profile { return s.src.profile() }

// Persons yields the persons. The Person is valid until the next one. An
// error ends it.
func (s *Stream) Persons() iter.Seq2[*record.Person, error] { return s.src.persons() }

// Problems returns the problems outside persons, once Persons has ended.
func (s *Stream) Problems() []record.Problem { return s.src.problems() }

// Account returns what was taken, left out and changed, complete once Persons
// has ended.
func (s *Stream) Account() Account { return s.ledger.account() }

// Input returns what was read so far: all of it once Persons has ended.
func (s *Stream) Input() finding.Input { return s.src.input() }

// Place turns a line that a record or a finding tells into the file it stands
// in and the line there. For a message the file is empty and the line the
// same.
func (s *Stream) Place(line int) (file string, inFile int) { return s.src.place(line) }

// At returns the number of the line where a fault of reading stands, as Place
// takes it, and the character in it; 0 for what is about the whole file.
func (s *Stream) At(err error) (line, column int) {
	if d, ok := errors.AsType[*table.DamageError](err); ok && d.Line > 0 {
		return s.src.line(d.File, d.Line), d.Column
	}
	return 0, 0
}

// Close releases files and removes what was spilled.
func (s *Stream) Close() error { return s.src.Close() }
