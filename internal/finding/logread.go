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
	return &streamReader{
		log: l, s: s, r: reader{shelf: &l.shelf, left: s.data},
		f: Finding{Rule: s.rule, Severity: s.severity},
	}
}

// next returns nil after the last finding, and when the store fails.
func (r *streamReader) next() *Finding {
	if !r.r.more() {
		return nil
	}
	sh := &r.s.shapes[r.r.uvarint()]
	f := &r.f
	f.Class, f.Field, f.Message = r.string(), r.string(), sh.message
	r.last.line += r.r.varint()
	f.Line, f.Column = int(r.last.line), int(r.r.uvarint())
	f.Person, r.last.person = r.r.id(r.last.person)
	f.Row, r.last.row = r.r.id(r.last.row)
	f.Args = f.Args[:0]
	for _, name := range sh.argNames {
		f.Args = append(f.Args, name, r.value())
	}
	return f
}

func (r *streamReader) string() string {
	if i := r.r.uvarint(); i > 0 {
		return r.log.names[i-1]
	}
	return r.r.text()
}

func (r *streamReader) value() any {
	switch tag := r.r.uvarint(); tag {
	case tagString:
		return r.string()
	case tagInt:
		return int(r.r.varint())
	case tagInt64:
		return r.r.varint()
	case tagFloat:
		return math.Float64frombits(r.r.uvarint())
	default:
		v := reflect.New(r.log.types[tag-tagTyped]).Elem()
		if v.Kind() == reflect.String {
			v.SetString(r.string())
		} else {
			v.SetInt(r.r.varint())
		}
		return v.Interface()
	}
}
