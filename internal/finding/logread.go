package finding

import (
	"math"
	"reflect"
)

// streamReader decodes one stream. The position is kept apart from the
// stream's own, so that reading changes nothing.
type streamReader struct {
	log  *Log
	s    *stream
	r    reader
	last position
	f    Finding
}

func (l *Log) read(i int) *streamReader {
	s := l.streams[i]
	return &streamReader{log: l, s: s, r: reader{c: &s.data}, f: Finding{Rule: s.rule, Severity: s.severity}}
}

func (r *streamReader) next() *Finding {
	sh := &r.s.shapes[r.r.uvarint()]
	r.last.line += r.r.varint()
	f := &r.f
	f.Class, f.Field, f.Message = sh.class, sh.field, sh.message
	f.Line, f.Column = int(r.last.line), int(r.r.uvarint())
	f.Person, r.last.person = r.r.id(r.last.person)
	f.Row, r.last.row = r.r.id(r.last.row)
	f.Args = f.Args[:0]
	for _, name := range sh.argNames {
		f.Args = append(f.Args, name, r.value())
	}
	return f
}

func (r *streamReader) value() any {
	switch tag := r.r.uvarint(); tag {
	case tagInterned:
		return r.log.names[r.r.uvarint()]
	case tagInline:
		return r.r.text()
	case tagInt:
		return int(r.r.varint())
	case tagInt64:
		return r.r.varint()
	case tagFloat:
		return math.Float64frombits(r.r.uvarint())
	default:
		v := reflect.New(r.log.types[tag-tagTyped]).Elem()
		if v.Kind() == reflect.String {
			text, _ := r.value().(string)
			v.SetString(text)
		} else {
			v.SetInt(r.r.varint())
		}
		return v.Interface()
	}
}
