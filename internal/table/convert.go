package table

import (
	"bytes"
	"math"
	"strconv"
	"strings"
)

// cell returns a trimmed cell, nil when it is empty or stands for nothing.
func (b *Binding) cell(row [][]byte, i int) []byte {
	if i < 0 || i >= len(row) {
		return nil
	}
	v := trim(row[i])
	if len(v) == 0 {
		return nil
	}
	for _, e := range b.Map.Format.Empty {
		if string(v) == e {
			return nil
		}
	}
	return v
}

// trim drops spaces and no-break spaces at both ends.
func trim(v []byte) []byte {
	if len(v) == 0 || v[0] > ' ' && v[0] < 0xC2 && v[len(v)-1] > ' ' && v[len(v)-1] < 0x80 {
		return v
	}
	return bytes.TrimSpace(v)
}

func (b *Binding) convert(f *bound, v []byte, out *Mapped) []byte {
	if f.codes != nil {
		return f.translate(v, out)
	}
	switch f.kind {
	case Date, Month:
		return b.date(f, v, out)
	case Decimal:
		if b.workbook {
			v = b.plain(v, 15)
		}
		return b.decimal(v, out)
	case Number, Text:
		if b.workbook {
			v = b.plain(v, 0)
		}
	}
	return b.zeros(f, v, out)
}

func (f *bound) translate(v []byte, out *Mapped) []byte {
	to, ok := f.codes[string(v)]
	if !ok {
		f.unknownCodes++
		return v
	}
	if string(v) != to {
		out.Changes[CodeTranslated]++
	}
	if to == "" {
		return nil
	}
	return []byte(to)
}

// date rewrites the first format that fits; what fits none stays as it is,
// for the rules to find.
func (b *Binding) date(f *bound, v []byte, out *Mapped) []byte {
	if f.plainDay && len(v) == 8 && allDigits(v) {
		return v
	}
	from := len(b.scratch)
	for _, d := range f.dates {
		var ok bool
		if b.scratch, ok = d.append(b.scratch, v, f.kind == Month, b.date1904); ok {
			return b.rewritten(from, v, DateRewritten, out)
		}
	}
	if f.kind == Month && len(v) == 6 {
		return v
	}
	if b.workbook {
		var ok bool
		if b.scratch, ok = appendSerial(b.scratch, v, f.kind == Month, b.date1904); ok {
			return b.rewritten(from, v, DateRewritten, out)
		}
	}
	return v
}

// rewritten returns what was added to the scratch since from, counted as a
// change when it differs.
func (b *Binding) rewritten(from int, was []byte, c Change, out *Mapped) []byte {
	now := b.scratch[from:len(b.scratch):len(b.scratch)]
	if !bytes.Equal(now, was) {
		out.Changes[c]++
	}
	return now
}

// decimal makes a comma a point, where there is one comma and no point.
func (b *Binding) decimal(v []byte, out *Mapped) []byte {
	i := bytes.IndexByte(v, ',')
	if i < 0 || bytes.IndexByte(v, '.') >= 0 || bytes.IndexByte(v[i+1:], ',') >= 0 {
		return v
	}
	from := len(b.scratch)
	b.scratch = append(b.scratch, v...)
	b.scratch[from+i] = '.'
	return b.rewritten(from, v, DecimalRewritten, out)
}

// zeros pads a number the profile says lost its zeros, and counts it when the
// profile says nothing.
func (b *Binding) zeros(f *bound, v []byte, out *Mapped) []byte {
	if f.pad == 0 && f.width == 0 || !allDigits(v) {
		return v
	}
	if len(v) >= f.pad {
		if len(v) == f.width-1 {
			f.lostZeros++
		}
		return v
	}
	from := len(b.scratch)
	for range f.pad - len(v) {
		b.scratch = append(b.scratch, '0')
	}
	b.scratch = append(b.scratch, v...)
	return b.rewritten(from, v, ZeroPadded, out)
}

func allDigits(v []byte) bool {
	for _, c := range v {
		if !isDigit(c) {
			return false
		}
	}
	return len(v) > 0
}

// plain writes a workbook's number without exponent, and with the fifteen
// digits that a spreadsheet shows: 7.1 is stored as 7.0999999999999996.
func (b *Binding) plain(v []byte, digits int) []byte {
	exponent := bytes.ContainsAny(v, "eE")
	if len(v) < 3 || !exponent && (digits == 0 || len(v) <= digits) {
		return v
	}
	for _, c := range v {
		if !isDigit(c) && !strings.ContainsRune("+-.eE", rune(c)) {
			return v
		}
	}
	n, err := strconv.ParseFloat(string(v), 64)
	if err != nil || math.Abs(n) >= 1e15 {
		return v
	}
	n, err = strconv.ParseFloat(strconv.FormatFloat(n, 'g', 15, 64), 64)
	if err != nil {
		return v
	}
	from := len(b.scratch)
	b.scratch = strconv.AppendFloat(b.scratch, n, 'f', -1, 64)
	return b.scratch[from:len(b.scratch):len(b.scratch)]
}
