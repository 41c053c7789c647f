package crypt

import (
	"bytes"

	"iplos/internal/record"
)

// counter counts persons and rows in a message as it passes. Each row stands
// on a line of its own, as record writes it, so that looking at the start of
// every line is enough; text cannot hold a "<".
type counter struct {
	persons int
	classes [record.NumClasses]int
	tail    []byte // the start of a line cut by the end of a block
}

// rows returns the number of rows of each class there is a row of.
func (c *counter) rows() map[string]int {
	rows := map[string]int{}
	for class, n := range c.classes {
		if n > 0 {
			rows[record.Class(class).String()] = n
		}
	}
	return rows
}

const rowStart = 16 // longer than "<PERSONOPPL "

func (c *counter) add(p []byte) {
	if len(c.tail) > 0 && len(p) < rowStart {
		p = append(c.tail, p...)
		c.tail = nil
	} else if len(c.tail) > 0 {
		c.line(append(c.tail, p[:rowStart]...))
		c.tail = c.tail[:0]
	}
	for {
		at := bytes.IndexByte(p, '\n')
		if at < 0 {
			return
		}
		p = p[at+1:]
		if len(p) < rowStart && bytes.IndexByte(p, '\n') < 0 {
			c.tail = append(c.tail[:0], '\n')
			c.tail = append(c.tail, p...)
			return
		}
		c.line(p)
	}
}

// line looks at the start of a line; a line break may stand before it.
func (c *counter) line(p []byte) {
	p = bytes.TrimPrefix(p, []byte("\n"))
	if len(p) == 0 || p[0] != '<' {
		return
	}
	name, _, ok := bytes.Cut(p[1:min(len(p), rowStart)], []byte(" "))
	if !ok {
		return
	}
	class := record.ClassByName(string(name))
	switch {
	case class == record.PersonRow:
		c.persons++
	case class.Parent() == record.PersonRow:
		c.classes[class]++
	}
}

// finish looks at a last short line.
func (c *counter) finish() {
	if len(c.tail) > 0 {
		c.line(c.tail)
	}
}
