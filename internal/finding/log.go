package finding

import (
	"cmp"
	"fmt"
	"iter"
	"math"
	"reflect"
	"slices"
)

// Log keeps every finding in a compact form: about a dozen bytes each, so
// that a file with a finding in every person costs no more than a clean one.
// Each pair of rule and severity has its own stream, which makes reading by
// rule as cheap as reading in file order.
//
// A Log is a Sink. It is written first and read afterwards; it is not safe
// for concurrent use. The zero value is empty and ready to use.
type Log struct {
	summary Summary
	// order holds the stream of each finding, as uvarints, in the order of
	// Add.
	order   chunks
	streams []*stream
	byKey   map[streamKey]int

	strings map[string]uint64
	names   []string
	types   []reflect.Type
}

type streamKey struct {
	rule     string
	severity Severity
}

type stream struct {
	streamKey
	count  int
	data   chunks
	shapes []shape
	last   position
}

// shape is what many findings of a rule share.
type shape struct {
	class, field, message string
	argNames              []string
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
	tagInterned = iota
	tagInline
	tagInt
	tagInt64
	tagFloat
	tagTyped
)

// Add keeps a copy of the finding.
func (l *Log) Add(f *Finding) {
	l.summary.Add(f)
	i := l.stream(streamKey{f.Rule, f.Severity})
	l.order.uvarint(uint64(i))
	s := l.streams[i]
	s.count++
	d := &s.data
	d.uvarint(uint64(s.shape(f)))
	d.varint(int64(f.Line) - s.last.line)
	s.last.line = int64(f.Line)
	d.uvarint(uint64(f.Column))
	s.last.person = d.id(f.Person, s.last.person)
	s.last.row = d.id(f.Row, s.last.row)
	for j := 1; j < len(f.Args); j += 2 {
		l.addValue(d, f.Args[j])
	}
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
	sh := shape{class: f.Class, field: f.Field, message: f.Message}
	for i := 0; i+1 < len(f.Args); i += 2 {
		sh.argNames = append(sh.argNames, fmt.Sprint(f.Args[i]))
	}
	s.shapes = append(s.shapes, sh)
	return len(s.shapes) - 1
}

func (sh *shape) fits(f *Finding) bool {
	if sh.field != f.Field || sh.class != f.Class || sh.message != f.Message || len(sh.argNames) != len(f.Args)/2 {
		return false
	}
	for i, name := range sh.argNames {
		if f.Args[2*i] != name {
			return false
		}
	}
	return true
}

func (l *Log) addValue(d *chunks, v any) {
	switch v := v.(type) {
	case string:
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

func (l *Log) addString(d *chunks, v string) {
	i, ok := l.strings[v]
	if !ok && len(l.names) < maxInterned {
		i, ok = uint64(len(l.names)), true
		l.strings[v] = i
		l.names = append(l.names, v)
	}
	if ok {
		d.uvarint(tagInterned)
		d.uvarint(i)
		return
	}
	d.uvarint(tagInline)
	d.text(v)
}

// Len returns the number of findings.
func (l *Log) Len() int { return l.summary.Total() }

// Summary returns the counts of everything added. It is the log's own: it
// goes on counting with Add.
func (l *Log) Summary() *Summary { return &l.summary }

// Size returns the bytes the findings take.
func (l *Log) Size() int {
	n := l.order.size
	for _, s := range l.streams {
		n += s.data.size
	}
	for _, s := range l.names {
		n += len(s)
	}
	return n
}

// All yields every finding in the order of Add, which is file order. The
// finding is reused from one to the next: copy what is kept.
func (l *Log) All() iter.Seq[*Finding] {
	return func(yield func(*Finding) bool) {
		readers := make([]*streamReader, len(l.streams))
		for i := range readers {
			readers[i] = l.read(i)
		}
		order := reader{c: &l.order}
		for range l.Len() {
			if !yield(readers[order.uvarint()].next()) {
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

// All yields the group's findings in file order. The finding is reused from
// one to the next: copy what is kept.
func (g Group) All() iter.Seq[*Finding] {
	return func(yield func(*Finding) bool) {
		r := g.log.read(g.index)
		for range g.Count {
			if !yield(r.next()) {
				return
			}
		}
	}
}
