package finding

import (
	"cmp"
	"fmt"
	"iter"
	"math"
	"reflect"
	"slices"
)

// Log keeps every finding in a compact form: some twenty bytes each, so that
// a file with a finding in every person costs no more than a clean one. Each
// pair of rule and severity has its own stream, which makes reading by rule
// as cheap as reading in file order.
//
// A Log is a Sink. It is written first and read afterwards; it is not safe
// for concurrent use. The zero value is empty, ready to use and keeps
// everything in memory.
type Log struct {
	summary Summary
	shelf   shelf
	// order holds the stream of each finding, as uvarints, in the order of
	// Add.
	order   pieces
	streams []*stream
	byKey   map[streamKey]int

	strings map[string]uint64
	names   []string
	types   []reflect.Type
	scratch entry
}

// NewLog returns a log that keeps some 8 MiB of findings in memory and the
// rest in the store.
func NewLog(store Store) *Log { return &Log{shelf: shelf{store: store}} }

// Err returns the first error of the store. Findings are missing then: what
// was made of them must not be used.
func (l *Log) Err() error { return l.shelf.err }

type streamKey struct {
	rule     string
	severity Severity
}

type stream struct {
	streamKey
	count  int
	data   pieces
	shapes []shape
	last   position
}

// shape is what many findings of a rule share. A rule has few: nothing in
// them comes from the file.
type shape struct {
	message  string
	argNames []string
}

// position is where the last finding of a stream was: the next one is
// written as the distance from it.
type position struct{ line, person, row int64 }

// maxInterned bounds the table of argument texts met: beyond it a text is
// written where it stands.
const maxInterned = 4096

// Value tags in the byte stream. Tags from tagTyped on are an index into
// Log.types, for named integer and string types such as a date or a Place.
const (
	tagString = iota
	tagInt
	tagInt64
	tagFloat
	tagTyped
)

// Add keeps a copy of the finding.
func (l *Log) Add(f *Finding) {
	l.summary.Add(f)
	i := l.stream(streamKey{f.Rule, f.Severity})
	l.scratch = l.scratch[:0]
	l.scratch.uvarint(uint64(i))
	l.order.add(&l.shelf, l.scratch)
	s := l.streams[i]
	s.count++
	l.scratch = l.scratch[:0]
	d := &l.scratch
	d.uvarint(uint64(s.shape(f)))
	l.addString(d, f.Class)
	l.addString(d, f.Field)
	d.varint(int64(f.Line) - s.last.line)
	s.last.line = int64(f.Line)
	d.uvarint(uint64(f.Column))
	s.last.person = d.id(f.Person, s.last.person)
	s.last.row = d.id(f.Row, s.last.row)
	for j := 1; j < len(f.Args); j += 2 {
		l.addValue(d, f.Args[j])
	}
	s.data.add(&l.shelf, *d)
}

func (l *Log) stream(k streamKey) int {
	if i, ok := l.byKey[k]; ok {
		return i
	}
	if l.byKey == nil {
		l.byKey = map[streamKey]int{}
		l.strings = map[string]uint64{}
	}
	i := len(l.streams)
	l.streams = append(l.streams, &stream{streamKey: k})
	l.byKey[k] = i
	return i
}

// shape returns the index of the finding's shape; a rule has few, so they
// are searched from the last one made.
func (s *stream) shape(f *Finding) int {
	for i := len(s.shapes) - 1; i >= 0; i-- {
		if s.shapes[i].fits(f) {
			return i
		}
	}
	sh := shape{message: f.Message}
	for i := 0; i+1 < len(f.Args); i += 2 {
		sh.argNames = append(sh.argNames, fmt.Sprint(f.Args[i]))
	}
	s.shapes = append(s.shapes, sh)
	return len(s.shapes) - 1
}

func (sh *shape) fits(f *Finding) bool {
	if sh.message != f.Message || len(sh.argNames) != len(f.Args)/2 {
		return false
	}
	for i, name := range sh.argNames {
		if f.Args[2*i] != name {
			return false
		}
	}
	return true
}

func (l *Log) addValue(d *entry, v any) {
	switch v := v.(type) {
	case string:
		d.uvarint(tagString)
		l.addString(d, v)
	case int:
		d.uvarint(tagInt)
		d.varint(int64(v))
	case int64:
		d.uvarint(tagInt64)
		d.varint(v)
	case float64:
		d.uvarint(tagFloat)
		d.uvarint(math.Float64bits(v))
	default:
		r := reflect.ValueOf(v)
		switch {
		case r.IsValid() && r.CanInt():
			d.uvarint(tagTyped + uint64(l.typeIndex(r.Type())))
			d.varint(r.Int())
		case r.Kind() == reflect.String:
			d.uvarint(tagTyped + uint64(l.typeIndex(r.Type())))
			l.addString(d, r.String())
		default:
			d.uvarint(tagString)
			l.addString(d, fmt.Sprint(v))
		}
	}
}

func (l *Log) typeIndex(t reflect.Type) int {
	if i := slices.Index(l.types, t); i >= 0 {
		return i
	}
	l.types = append(l.types, t)
	return len(l.types) - 1
}

// addString writes the place of a text met before, from 1, or 0 and the text.
func (l *Log) addString(d *entry, v string) {
	i, ok := l.strings[v]
	if !ok && len(l.names) < maxInterned {
		l.names = append(l.names, v)
		i, ok = uint64(len(l.names)), true
		l.strings[v] = i
	}
	d.uvarint(i)
	if !ok {
		d.text(v)
	}
}

// Len returns the number of findings.
func (l *Log) Len() int { return l.summary.Total() }

// Summary returns the counts of everything added. It is the log's own: it
// goes on counting with Add.
func (l *Log) Summary() *Summary { return &l.summary }

// All yields every finding in the order of Add, which is file order. The
// finding is reused from one to the next: copy what is kept. It ends early
// when the store fails; Err tells.
func (l *Log) All() iter.Seq[*Finding] {
	return func(yield func(*Finding) bool) {
		readers := make([]*streamReader, len(l.streams))
		for i := range readers {
			readers[i] = l.read(i)
		}
		order := reader{shelf: &l.shelf, left: l.order}
		for order.more() {
			if f := readers[order.uvarint()].next(); f == nil || !yield(f) {
				return
			}
		}
	}
}

// Group is the findings of one rule with one severity.
type Group struct {
	Rule     string
	Severity Severity
	Count    int

	log   *Log
	index int
}

// Groups returns the groups, the most serious first, then the most frequent,
// then by rule id.
func (l *Log) Groups() []Group {
	gs := make([]Group, 0, len(l.streams))
	for i, s := range l.streams {
		gs = append(gs, Group{Rule: s.rule, Severity: s.severity, Count: s.count, log: l, index: i})
	}
	slices.SortFunc(gs, func(a, b Group) int {
		return cmp.Or(
			-cmp.Compare(a.Severity, b.Severity),
			-cmp.Compare(a.Count, b.Count),
			cmp.Compare(a.Rule, b.Rule),
		)
	})
	return gs
}

// All yields the group's findings in file order, as Log.All does.
func (g Group) All() iter.Seq[*Finding] {
	return func(yield func(*Finding) bool) {
		r := g.log.read(g.index)
		for f := r.next(); f != nil; f = r.next() {
			if !yield(f) {
				return
			}
		}
	}
}
