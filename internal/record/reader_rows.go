package record

// place is where an element may stand in its parent: order grows in message
// order.
type place struct {
	field Field // NoField for a group
	group Class // NoClass for a field
	order int
}

// findPlace looks an element of a row up by its local name, the most likely
// fields first: hint is the field the row had last.
func findPlace(parent Class, local []byte, hint Field) (place, bool) {
	fs := classes[parent].fields
	next := 0
	if hint != NoField {
		next = int(fields[hint].slot) + 1
	}
	for n := range fs {
		i := next + n
		if i >= len(fs) {
			i -= len(fs)
		}
		if f := fs[i]; fields[f].name == string(local) && fields[f].kind == Element {
			return place{field: f, order: 2 * int(f)}, true
		}
	}
	return findGroup(parent, local)
}

func findGroup(parent Class, local []byte) (place, bool) {
	switch {
	case parent == PersonRow:
		for c := Personoppl; c <= Dogntilbud; c++ {
			if classes[c].element == string(local) {
				return place{group: c, order: 2*int(NumFields) + int(c)}, true
			}
		}
	case parent == Innhinfo && classes[Kontakt].element == string(local):
		return place{group: Kontakt, order: 2*int(IiBydelsnr) + 1}, true
	}
	return place{}, false
}

// readRow reads the element whose start tag is the current token into a new
// row, with the rows inside it.
func (r *Reader) readRow(rows *Rows, c Class) bool {
	row := rows.Add(c, r.s.line)
	if len(r.s.attrs) > 0 {
		r.readAttributes(rows, row)
	}
	return r.readContent(rows, row, place{})
}

// readContent reads the rest of a row's element; last is where the element
// before belongs.
func (r *Reader) readContent(rows *Rows, row int, last place) bool {
	s := r.s
	c := rows.rows[row].class
	for {
		if !r.readFast(rows, row, &last) {
			return false
		}
		switch s.next() {
		case tokEnd:
			return r.checkSize(rows, len(rows.Problems))
		case tokText:
			if !s.white && !r.rowProblem(rows, Unexpected, c, []byte(textName), s.tok) {
				return false
			}
		case tokStart:
			if !r.readChild(rows, row, &last) {
				return false
			}
		default:
			return r.fail(s.err)
		}
	}
}

// readChild reads an element inside a row; last is where the one before it
// belongs.
func (r *Reader) readChild(rows *Rows, row int, last *place) bool {
	s := r.s
	c := rows.rows[row].class
	at, known := place{}, false
	if string(s.ns) == string(r.ns) {
		at, known = findPlace(c, s.local(), last.field)
	}
	if !known || !r.has(at) {
		return r.rowProblem(rows, Unexpected, c, s.name, s.tok) && r.skip()
	}
	if at.order < last.order && !r.rowProblem(rows, OutOfOrder, c, s.name, s.tok) {
		return false
	}
	*last = at
	if at.group != NoClass {
		if limit := r.profile.Occurs(at.group).Max; limit > 0 && rows.Count(at.group) >= limit {
			return r.rowProblem(rows, Repeated, c, s.name, s.tok) && r.skip()
		}
		return r.readRow(rows, at.group)
	}
	if rows.vals[rows.slot(row, at.field)].line != 0 {
		return r.rowProblem(rows, Repeated, c, s.name, s.tok) && r.skip()
	}
	return r.readField(rows, row, at.field)
}

// has tells whether the profile has the field or group.
func (r *Reader) has(at place) bool {
	if at.group != NoClass {
		return r.profile.Occurs(at.group).Max != 0
	}
	return r.present[at.field]
}

// readField reads the text of an element whose start tag is the current
// token.
func (r *Reader) readField(rows *Rows, row int, f Field) bool {
	s := r.s
	line, from := s.line, len(rows.buf)
	for i := range s.attrs {
		if a := &s.attrs[i]; !a.allowed() && !r.rowProblem(rows, Unexpected, f.Class(), a.name, a.at) {
			return false
		}
	}
	for {
		switch s.next() {
		case tokText:
			text := s.text
			if s.white {
				text = s.whiteText()
			}
			rows.buf = append(rows.buf, text...)
			if len(rows.buf) > maxPerson {
				return r.checkSize(rows, len(rows.Problems))
			}
		case tokEnd:
			rows.vals[rows.slot(row, f)] = value{
				off: uint32(from), end: uint32(len(rows.buf)), line: uint32(line),
			}
			return true
		case tokStart:
			if !r.rowProblem(rows, Unexpected, f.Class(), s.name, s.tok) || !r.skip() {
				return false
			}
		default:
			return r.fail(s.err)
		}
	}
}

// readAttributes reads the attributes of a row's start tag.
func (r *Reader) readAttributes(rows *Rows, row int) {
	s := r.s
	c := rows.rows[row].class
	for i := range s.attrs {
		a := &s.attrs[i]
		f := NoField
		if a.colon < 0 {
			f = findAttribute(c, a.name)
		}
		switch {
		case f != NoField && r.present[f]:
			line := s.line
			if s.nl > 0 {
				line, _ = s.position(a.at)
			}
			rows.Set(row, f, a.value, line)
		case !a.allowed():
			r.problem(&rows.Problems, Unexpected, c, a.name, a.at)
		}
	}
}

func findAttribute(c Class, name []byte) Field {
	for _, f := range classes[c].fields {
		if fields[f].kind != Attribute {
			break
		}
		if fields[f].name == string(name) {
			return f
		}
	}
	return NoField
}

// rowProblem notes a problem in a row, within the memory of a person.
func (r *Reader) rowProblem(rows *Rows, kind ProblemKind, c Class, name []byte, at int) bool {
	r.problem(&rows.Problems, kind, c, name, at)
	return r.checkSize(rows, len(rows.Problems))
}
