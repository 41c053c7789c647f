package validate

import (
	"unicode/utf8"

	"iplos/internal/record"
)

// check is a field's type made ready for use.
type check struct {
	base      record.Base
	mandatory bool
	min, max  int
	digits    int
	enum      *[256]int8 // one-letter values: their place from 1
	words     [][]byte   // longer values
}

type checks [record.NumFields]check

// compile makes the checks of a profile. The identity's absence is a rule of
// its own and not the schema's.
func (c *checks) compile(p record.Profile) {
	for f := record.NoField + 1; f < record.NumFields; f++ {
		t := f.Type()
		k := check{base: t.Base, min: t.Min, max: t.Max, digits: t.Digits}
		k.mandatory = p.Cardinality(f) == record.One && f != record.PeFnr
		if t.Base == record.Enum {
			k.compileEnum(t.Values())
		}
		c[f] = k
	}
	// The root's only attribute is read before there is a header.
	c[record.Versjon].mandatory = false
}

func (k *check) compileEnum(values []string) {
	k.enum = new([256]int8)
	for i, v := range values {
		if len(v) == 1 {
			k.enum[v[0]] = int8(i + 1)
			continue
		}
		for len(k.words) < i {
			k.words = append(k.words, nil)
		}
		k.words = append(k.words, []byte(v))
	}
}

// read reads a text by the field's type, as the published schema does:
// numbers may have white space around them, texts and dates may not.
func (k *check) read(text []byte) value {
	switch k.base {
	case record.Date8:
		return readDate(text)
	case record.Enum:
		return k.readEnum(text)
	case record.Int:
		return readInt(text, -1<<31, 1<<31-1)
	case record.Short:
		return readInt(text, -1<<15, 1<<15-1)
	case record.Decimal:
		return readDecimal(text, k.max, k.digits)
	case record.Month6:
		return readMonth(text)
	default:
		return k.readText(text)
	}
}

// readDate reads a date. A message is mostly dates, so the usual one is
// decided here; the end of a month is left to record.ParseDate.
func readDate(text []byte) value {
	if len(text) != 8 {
		return value{0, invalid}
	}
	n := uint32(0)
	for _, c := range text {
		d := uint32(c) - '0'
		if d > 9 {
			return value{0, invalid}
		}
		n = n*10 + d
	}
	day, month := n%100, n/100%100
	if day-1 > 30 || month-1 > 11 {
		return value{0, invalid}
	}
	if day > 28 {
		if _, ok := record.ParseDate(text); !ok {
			return value{0, noDay}
		}
	}
	return value{int32(n), valid}
}

func readMonth(text []byte) value {
	if len(text) != 6 {
		return value{0, invalid}
	}
	n := int32(0)
	for _, c := range text {
		if c < '0' || c > '9' {
			return value{0, invalid}
		}
		n = n*10 + int32(c-'0')
	}
	if m := n % 100; m < 1 || m > 12 {
		return value{0, invalid}
	}
	return value{n, valid}
}

func (k *check) readEnum(text []byte) value {
	if len(text) == 1 {
		if n := k.enum[text[0]]; n > 0 {
			return value{int32(n), valid}
		}
		return value{0, invalid}
	}
	for i, w := range k.words {
		if w != nil && string(w) == string(text) {
			return value{int32(i + 1), valid}
		}
	}
	return value{0, invalid}
}

func (k *check) readText(text []byte) value {
	// A character takes at least a byte, so bytes within the bounds of a
	// fixed or open length often decide.
	if k.max != record.Unbounded && len(text) > k.max && utf8.RuneCount(text) > k.max {
		return value{0, invalid}
	}
	if len(text) < k.min || k.min > 0 && utf8.RuneCount(text) < k.min {
		return value{0, invalid}
	}
	return value{0, valid}
}

// readInt reads a whole number as xs:int and xs:short have it.
func readInt(text []byte, low, high int64) value {
	text = trim(text)
	negative := false
	if len(text) > 0 && (text[0] == '-' || text[0] == '+') {
		negative = text[0] == '-'
		text = text[1:]
	}
	if len(text) == 0 {
		return value{0, invalid}
	}
	n := int64(0)
	for _, c := range text {
		if c < '0' || c > '9' {
			return value{0, invalid}
		}
		// Leading zeros may go on for ever; the number may not.
		if n = n*10 + int64(c-'0'); n > 1<<32 {
			return value{0, invalid}
		}
	}
	if negative {
		n = -n
	}
	if n < low || n > high {
		return value{0, invalid}
	}
	return value{int32(n), valid}
}

// readDecimal reads an xs:decimal with bounds on its digits: zeros in front
// and, after the point, at the end do not count. The value is in hundredths.
func readDecimal(text []byte, maxDigits, maxDecimals int) value {
	text = trim(text)
	negative := false
	if len(text) > 0 && (text[0] == '-' || text[0] == '+') {
		negative = text[0] == '-'
		text = text[1:]
	}
	whole, decimals, any, point := 0, 0, false, false
	n, zeros := int64(0), 0
	for _, c := range text {
		switch {
		case c == '.' && !point:
			point = true
		case c < '0' || c > '9':
			return value{0, invalid}
		case point:
			any = true
			if c == '0' {
				zeros++
				continue
			}
			for ; zeros > 0; zeros-- {
				decimals, n = decimals+1, n*10
			}
			decimals, n = decimals+1, n*10+int64(c-'0')
		default:
			any = true
			if n > 0 || c != '0' {
				whole++
			}
			n = n*10 + int64(c-'0')
		}
		if decimals > maxDecimals || whole+decimals > maxDigits {
			return value{0, invalid}
		}
	}
	if !any {
		return value{0, invalid}
	}
	for ; decimals < 2; decimals++ {
		n *= 10
	}
	if negative {
		n = -n
	}
	return value{int32(n), valid}
}

// trim takes XML white space off both ends.
func trim(text []byte) []byte {
	for len(text) > 0 && isSpace(text[0]) {
		text = text[1:]
	}
	for len(text) > 0 && isSpace(text[len(text)-1]) {
		text = text[:len(text)-1]
	}
	return text
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
