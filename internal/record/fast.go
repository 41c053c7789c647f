package record

// A message is written by a program, so that nearly all of it has one form:
// a row's attributes and fields in message order, each field an ASCII text
// between two bare tags. The code here reads that form straight from the
// window, comparing whole tags, and leaves everything else, and every fault,
// to the scanner: it takes nothing that the scanner would not take the same
// way, which a test proves by reading with and without it.

// rowForm is how a row of a class looks in the expected form.
type rowForm struct {
	name        []byte // "FUNKSJON"
	open, close string // "<FUNKSJON", "</FUNKSJON>"
	attrs       []attrForm
	fields      []fieldForm
	many        bool // the class repeats without bound
}

type attrForm struct {
	field Field
	open  string // ` fnPeID="`
}

type fieldForm struct {
	field       Field
	open, close string // "<fnFunkType>", "</fnFunkType>"
}

// makeForms returns the expected forms of a profile's rows, in which every
// element has the prefix of the root ("i:", or nothing).
func makeForms(p Profile, prefix string) *[NumClasses]rowForm {
	var forms [NumClasses]rowForm
	for c := Iplos; c < NumClasses; c++ {
		form := rowForm{
			name: []byte(prefix + c.Element()),
			open: "<" + prefix + c.Element(), close: "</" + prefix + c.Element() + ">",
			many: p.Occurs(c).Max < 0,
		}
		for _, f := range c.Fields() {
			switch {
			case p.Cardinality(f) == Absent:
			case f.Kind() == Attribute:
				form.attrs = append(form.attrs, attrForm{f, " " + f.Name() + `="`})
			default:
				name := prefix + f.Name() + ">"
				form.fields = append(form.fields, fieldForm{f, "<" + name, "</" + name})
			}
		}
		forms[c] = form
	}
	return &forms
}

// cursor is a place in the window with the line feeds passed since the
// current token.
type cursor struct {
	at, nl, last int
}

func (s *scanner) cursor() cursor { return cursor{s.pos, s.nl, s.last} }

// stretch makes the current token end at the cursor.
func (s *scanner) stretch(c cursor) { s.pos, s.nl, s.last = c.at, c.nl, c.last }

// space moves the cursor over white space.
func (c *cursor) space(b []byte) {
	for charBits[b[c.at]]&spaceBit != 0 {
		if b[c.at] == '\n' {
			c.nl++
			c.last = c.at
		}
		c.at++
	}
}

// at tells whether a text stands at an index.
func (s *scanner) at(i int, text string) bool {
	return i+len(text) <= s.end && string(s.buf[i:i+len(text)]) == text
}

// readFast reads fields of the row, and whole rows inside a PERSON, as long
// as they have the expected form. It returns false on an error.
func (r *Reader) readFast(rows *Rows, row int, last *place) bool {
	s := r.s
	// With no namespace declared inside the root, the root's prefix means
	// what it means there.
	if r.scanOnly || s.empty || s.spaces.deepest > 1 {
		return true
	}
	if last.group == NoClass {
		from := s.cursor()
		c := from
		r.fastFields(rows, row, &c, from.at, last)
		rows.buf = append(rows.buf, s.buf[from.at:c.at]...)
		s.stretch(c)
	}
	if rows.rows[row].class != PersonRow {
		return true
	}
	for {
		found, ok := r.fastRow(rows, last)
		if !found || !ok {
			return ok
		}
	}
}

// fastFields reads fields from the cursor on, which it leaves behind the last
// one. The caller then adds the window from index from to rows.buf.
func (r *Reader) fastFields(rows *Rows, row int, c *cursor, from int, last *place) {
	s := r.s
	b := s.buf
	first := rows.rows[row].first
	base := len(rows.buf) - from
	forms := r.forms[rows.rows[row].class].fields
	for next := 0; next < len(forms); next++ {
		form := &forms[next]
		if form.field <= last.field {
			continue
		}
		here := *c
		here.space(b)
		if !s.at(here.at, form.open) {
			continue
		}
		text := here.at + len(form.open)
		end := text
		for charBits[b[end]]&textBit == 0 {
			end++
		}
		v := &rows.vals[first+uint32(fields[form.field].slot)]
		if b[end] != '<' || !s.at(end, form.close) || v.line != 0 {
			return
		}
		*v = value{off: uint32(base + text), end: uint32(base + end), line: uint32(s.line + here.nl)}
		here.at = end + len(form.close)
		*c = here
		*last = place{field: form.field, order: 2 * int(form.field)}
	}
}

// fastRow reads one row inside a PERSON. It returns found false, with
// nothing read, when what follows does not begin in the expected form.
func (r *Reader) fastRow(rows *Rows, last *place) (found, ok bool) {
	s := r.s
	c := s.cursor()
	c.space(s.buf)
	class := max(last.group, Personoppl)
	for !s.at(c.at, r.forms[class].open) {
		if class++; class > Dogntilbud {
			return false, true
		}
	}
	form := &r.forms[class]
	if !form.many {
		return false, true
	}
	row := rows.Add(class, s.line+c.nl)
	from := c.at
	if !r.fastAttributes(rows, row, &c, from) {
		rows.drop(row)
		return false, true
	}
	*last = place{group: class, order: 2*int(NumFields) + int(class)}
	inner := place{}
	r.fastFields(rows, row, &c, from, &inner)
	rows.buf = append(rows.buf, s.buf[from:c.at]...)
	end := c
	end.space(s.buf)
	if s.at(end.at, form.close) {
		end.at += len(form.close)
		s.stretch(end)
		return true, r.checkSize(rows, len(rows.Problems))
	}
	s.stretch(c)
	s.push(form.name)
	return true, r.readContent(rows, row, inner)
}

// fastAttributes reads a start tag from its "<" through its ">".
func (r *Reader) fastAttributes(rows *Rows, row int, c *cursor, from int) bool {
	s := r.s
	b := s.buf
	form := &r.forms[rows.rows[row].class]
	base := len(rows.buf) - from
	i := c.at + len(form.open)
	for n := range form.attrs {
		attr := &form.attrs[n]
		if !s.at(i, attr.open) {
			continue
		}
		text := i + len(attr.open)
		for i = text; charBits[b[i]]&valueBit == 0; {
			i++
		}
		if b[i] != '"' {
			return false
		}
		rows.vals[rows.slot(row, attr.field)] = value{
			off: uint32(base + text), end: uint32(base + i), line: uint32(s.line + c.nl),
		}
		i++
	}
	if b[i] != '>' {
		return false
	}
	c.at = i + 1
	return true
}
