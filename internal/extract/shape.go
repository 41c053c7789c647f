package extract

import (
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"iplos/internal/table"
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

const (
	// maxTitleRows is how far down a heading is looked for.
	maxTitleRows = 10
	// fitRows is how many rows below a heading have to fit it.
	fitRows = 5
)

// guessSkip returns how many rows stand above the heading: titles and the
// like. The heading is the row that names the most columns and has rows below
// that fit it.
func guessSkip(t *table.Table, f table.Format) int {
	best, most := 0, 1
	for skip := range maxTitleRows + 1 {
		f.SkipRows = skip
		named, all := headingAt(t, f)
		if named > most {
			best, most = skip, named
		}
		if all && skip == 0 {
			break // nothing to look for
		}
	}
	return best
}

// headingAt returns how many columns are named after the rows to skip, and
// whether all are; 0 where no heading stands there.
func headingAt(t *table.Table, f table.Format) (named int, all bool) {
	rows, err := t.Look(f)
	if err != nil {
		return 0, false
	}
	defer rows.Close() //nolint:errcheck // only looked at
	columns := rows.Columns()
	if !isHeading(columns) {
		return 0, false
	}
	for _, c := range columns {
		if c != "" {
			named++
		}
	}
	fits := false
	for range fitRows {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return 0, false
		}
		fits = fits || filled(row) > 1
	}
	if !fits {
		return 0, false
	}
	return named, named == len(columns)
}

func filled(row [][]byte) int {
	n := 0
	for _, c := range row {
		if len(c) > 0 {
			n++
		}
	}
	return n
}
