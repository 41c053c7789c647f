package table

import (
	"bytes"
	"errors"
	"io"
)

// delimiters are the ones looked for, the likeliest first: Norwegian
// spreadsheets write semicolons, since the comma is the decimal sign.
const delimiters = ";\t,|"

// skip passes over lines before the header, whatever stands in them.
func (c *CSV) skip(lines int) error {
	for range lines {
		for {
			i := bytes.IndexByte(c.buf[c.r:c.w], '\n')
			if i >= 0 {
				c.r += i + 1
				c.line++
				break
			}
			if err := c.fill(); errors.Is(err, io.EOF) {
				c.r = c.w
				return nil
			} else if err != nil {
				return err
			}
		}
	}
	return nil
}

// findDelimiter settles the delimiter from the first lines, and takes a first
// line "sep=;" as spreadsheets do.
func (c *CSV) findDelimiter() error {
	for c.err == nil && c.w-c.r < csvBuffer/2 {
		if err := c.fill(); err != nil {
			return err
		}
	}
	head := c.buf[c.r:c.w]
	if line, _, found := bytes.Cut(head, []byte{'\n'}); found {
		line = bytes.TrimSuffix(line, []byte{'\r'})
		if len(line) == 5 && bytes.EqualFold(line[:4], []byte("sep=")) {
			c.setDelimiter(line[4])
			return c.skip(1)
		}
	}
	d := GuessDelimiter(head, c.quote)
	if d == 0 {
		d = delimiters[0]
	}
	c.setDelimiter(d)
	return nil
}

func (c *CSV) setDelimiter(d byte) {
	c.delim = d
	c.scan.delim = ones * uint64(d)
}

// GuessDelimiter returns the byte that divides the first lines most evenly,
// or 0 when none does.
func GuessDelimiter(head []byte, quote byte) byte {
	best, bestScore := byte(0), 0
	for _, d := range []byte(delimiters) {
		if score := delimiterScore(head, d, quote); score > bestScore {
			best, bestScore = d, score
		}
	}
	return best
}

// delimiterScore looks for the number of columns that most of the first
// twenty lines have, so that a title above the heading does not decide: it is
// that number times the lines that have it.
func delimiterScore(head []byte, d, quote byte) int {
	var counts [20]int
	lines, inside := 0, false
	for _, b := range head {
		switch {
		case quote != 0 && b == quote:
			inside = !inside
		case inside:
		case b == d:
			counts[lines]++
		case b == '\n':
			if lines++; lines == len(counts) {
				return bestScore(counts[:])
			}
		}
	}
	return bestScore(counts[:lines+1])
}

func bestScore(counts []int) int {
	best := 0
	for _, c := range counts {
		score := 0
		for _, other := range counts {
			if other == c {
				score += c
			}
		}
		best = max(best, score)
	}
	return best
}
