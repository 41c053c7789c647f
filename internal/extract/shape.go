package extract

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxShape is where a shape is cut: enough for any code, date or number.
const maxShape = 24

// shapeOf tells the form of a value without the value: 9 for a digit, A for a
// letter, the marks of dates and numbers as they are, ? for all else.
func shapeOf(v []byte) string {
	var b strings.Builder
	for n := 0; len(v) > 0; n++ {
		r, size := utf8.DecodeRune(v)
		v = v[size:]
		switch {
		case n == maxShape:
			b.WriteString("…")
			return b.String()
		case unicode.IsDigit(r):
			b.WriteByte('9')
		case unicode.IsLetter(r):
			b.WriteByte('A')
		case strings.ContainsRune(".,-/: ", r):
			b.WriteRune(r)
		default:
			b.WriteByte('?')
		}
	}
	return b.String()
}

// shapeSet counts shapes.
type shapeSet struct {
	count map[string]int
	order []string
}

// maxShapes bounds the shapes counted for a column.
const maxShapes = 200

func (s *shapeSet) add(v []byte) {
	if s.count == nil {
		s.count = map[string]int{}
	}
	shape := shapeOf(v)
	if s.count[shape] == 0 {
		if len(s.order) == maxShapes {
			return
		}
		s.order = append(s.order, shape)
	}
	s.count[shape]++
}

// top returns the three commonest shapes.
func (s *shapeSet) top() []string {
	slices.SortStableFunc(s.order, func(a, b string) int { return s.count[b] - s.count[a] })
	return s.order[:min(3, len(s.order))]
}

// isHeading tells whether a first row names columns. A row of data has, in
// this register, always a number or a date in it; a heading has none that is
// nothing but digits, nor four digits in a row.
func isHeading(cells []string) bool {
	named := 0
	for _, c := range cells {
		if c == "" {
			continue
		}
		named++
		digits, run := 0, 0
		for _, r := range c {
			if !unicode.IsDigit(r) {
				run = 0
				continue
			}
			digits++
			if run++; run == 4 {
				return false
			}
		}
		if digits == len(c) || len(c) > 80 {
			return false
		}
	}
	return named > 0
}

// columnNumber is what a column without a heading is called.
func columnNumber(i int) string { return strconv.Itoa(i + 1) }
