package validate

import (
	"strconv"
	"strings"

	"iplos/internal/finding"
	"iplos/internal/ident"
	"iplos/internal/record"
)

// The rules the engine itself speaks for.
const (
	idSyntax     = "XML-SYNTAX"
	idUnreadable = "FILE-UNREADABLE"
	idVersion    = "XML-VERSION"
	idUnexpected = "XML-UNEXPECTED"
)

func structureRules() []Rule {
	return []Rule{
		{ID: idSyntax, Severity: finding.Error, Unit: UnitFile, Sources: []Source{Schema}, Fixed: true},
		{ID: idUnreadable, Severity: finding.Error, Unit: UnitFile, Sources: []Source{Practice}, Fixed: true},
		{ID: idVersion, Severity: finding.Error, Unit: UnitFile, Class: record.Iplos, Fields: []record.Field{record.Versjon}, Sources: []Source{Schema}, Fixed: true},
		{ID: idUnexpected, Severity: finding.Error, Unit: UnitElement, Sources: []Source{Schema}},
		{
			ID: "XML-MISSING", Severity: finding.Minimum, Serious: finding.Error, Unit: UnitElement, Sources: []Source{Schema, Guide},
			header: missingInHeader, person: missingInPerson,
		},
		{ID: "XML-VALUE", Severity: finding.Error, Unit: UnitField, Sources: []Source{Schema}, header: wrongValues, person: wrongValues},
		{ID: "NO-PERSONS", Severity: finding.Error, Unit: UnitFile, Sources: []Source{Practice}, Fixed: true, totals: noPersons},
		{
			ID: "KEY-PARENT", Severity: finding.Error, Unit: UnitRow, Sources: []Source{Schema},
			Fields: []record.Field{record.PoPeID, record.FnPeID, record.TjPeID, record.DiPeID, record.DgPeID}, person: otherParent,
		},
		{
			ID: "KEY-DUP", Severity: finding.Error, Unit: UnitRow, Sources: []Source{Schema},
			Fields: []record.Field{record.PePeID, record.PoPoID, record.FnFnID, record.TjTjID, record.DiDiID, record.DgDgID}, person: repeatedIDs,
		},
	}
}

// UnreadableError is why a file that is not in XML could not be read, or not
// to its end: it is empty, a damaged table, or a table that is none of the
// message's.
type UnreadableError struct {
	// Line and Column are where it stands; 0 for what is about the whole file.
	Line, Column int
	// Cause is the catalogue id of what is wrong, with what to do under
	// Cause + ".hint"; Args are name, value pairs for both.
	Cause string
	Args  []any
}

// Error returns the place and the id, for developers.
func (e *UnreadableError) Error() string {
	return "line " + strconv.Itoa(e.Line) + ", column " + strconv.Itoa(e.Column) + ": " + e.Cause
}

// addUnreadable reports it; a file may be named after a person.
func (v *Validator) addUnreadable(e *UnreadableError) {
	args := []any{"cause", finding.TextID(e.Cause), "advice", finding.TextID(e.Cause + ".hint")}
	for i := 0; i+1 < len(e.Args); i += 2 {
		value := e.Args[i+1]
		if text, ok := value.(string); ok {
			value = ident.Redact(text)
		}
		if e.Args[i] != "cause" { // an error's own text
			args = append(args, e.Args[i], value)
		}
	}
	v.addAt(v.unreadable, e.Line, e.Column, "rule.FILE-UNREADABLE.message", args...)
}

func (v *Validator) addVersion(e *record.VersionError) {
	args := []any{
		"root", ident.Redact(e.Root), "versjon", ident.Redact(e.Versjon), "namespace", ident.Redact(e.Namespace),
	}
	message := "rule.XML-VERSION.message"
	switch {
	case e.Root != record.Iplos.Element():
		message = "rule.XML-VERSION.message.root"
	case !e.HasVersjon:
		message = "rule.XML-VERSION.message.none"
	case e.Namespace != "":
		message = "rule.XML-VERSION.message.namespace"
	}
	v.addAt(v.version, e.Line, e.Column, message, args...)
}

// problems reports what the reader met that is no part of the message. The
// names come from outside: they are short, and no identity number gets by.
func (v *Validator) problems(problems []record.Problem) {
	for i := range problems {
		p := &problems[i]
		name := ident.Redact(p.Name)
		message := "rule.XML-UNEXPECTED.message"
		switch {
		case p.Name == "#text":
			message, name = "rule.XML-UNEXPECTED.message.text", ""
		case p.Kind == record.Repeated:
			message = "rule.XML-UNEXPECTED.message.repeated"
		case p.Kind == record.OutOfOrder:
			message = "rule.XML-UNEXPECTED.message.order"
		}
		v.found = finding.Finding{
			Rule: v.unexpected.ID, Severity: v.unexpected.severity, Line: p.Line, Column: p.Column,
			Class: p.Class.String(), Field: name, Message: message, Args: []any{"name", name},
		}
		if v.view.rows != nil && p.Class >= record.PersonRow {
			v.found.Person = v.person()
		}
		v.emit()
	}
}

func missingInHeader(v *Validator, r *active) {
	w := &v.view
	if !v.headerFound() {
		v.addSeverity(r, r.serious, 0, record.NoField, "rule.XML-MISSING.message.header")
		return
	}
	if w.hasAbsent {
		v.missingFields(r)
	}
	if have, want := len(w.byClass[record.Kontakt]), v.profile.Occurs(record.Kontakt).Min; have < want {
		v.addSeverity(r, r.serious, 0, record.NoField, "rule.XML-MISSING.message.contact", "have", have, "want", want)
	}
}

// headerFound tells whether there is anything in the header: the reader gives
// an empty row when the message has none.
func (v *Validator) headerFound() bool {
	for _, x := range v.view.vals {
		if x.state != absent {
			return true
		}
	}
	return false
}

func missingInPerson(v *Validator, r *active) {
	w := &v.view
	if w.hasAbsent {
		v.missingFields(r)
	}
	for _, c := range [...]record.Class{record.Personoppl, record.Funksjon} {
		if len(w.byClass[c]) == 0 && v.profile.Occurs(c).Min > 0 {
			v.addSeverity(r, r.severity, 0, record.NoField, "rule.XML-MISSING.message.rows", "rows", c.String())
		}
	}
}

func (v *Validator) missingFields(r *active) {
	w := &v.view
	for i := range w.first {
		class := w.rows.Row(i).Class()
		for _, f := range class.Fields() {
			if w.val(i, f).state != absent || !v.checks[f].mandatory {
				continue
			}
			s := r.severity
			if class < record.PersonRow || f == class.RowIDField() || f == class.PersonIDField() {
				s = r.serious
			}
			v.addSeverity(r, s, i, f, "rule.XML-MISSING.message", "field", finding.FieldName(f.Name()), "name", f.Name(), "place", v.placeOf(i))
		}
	}
}

func wrongValues(v *Validator, r *active) {
	w := &v.view
	if !w.hasInvalid {
		return
	}
	for i := range w.first {
		for _, f := range w.rows.Row(i).Class().Fields() {
			if w.val(i, f).state == invalid {
				v.wrongValue(r, i, f)
			}
		}
	}
}

func (v *Validator) wrongValue(r *active, row int, f record.Field) {
	t := f.Type()
	args := append(shown(v.view.text(row, f)), "field", finding.FieldName(f.Name()), "name", f.Name(), "place", v.placeOf(row))
	message := "rule.XML-VALUE.message.length"
	switch t.Base {
	case record.Enum:
		message = "rule.XML-VALUE.message.enum"
		args = append(args, "allowed", strings.ReplaceAll(t.Allowed, "|", ", "))
	case record.Int, record.Short:
		message = "rule.XML-VALUE.message.int"
	case record.Decimal:
		message = "rule.XML-VALUE.message.decimal"
	case record.Date8:
		message = "rule.XML-VALUE.message.date"
	case record.Month6:
		message = "rule.XML-VALUE.message.month"
	default:
		args = append(args, "min", t.Min, "max", t.Max)
		if t.Min == t.Max {
			message = "rule.XML-VALUE.message.exact"
		}
	}
	v.add(r, row, f, message, args...)
}

// noPersons finds a message without a person. One that was cut short is
// reported as damage instead.
func noPersons(v *Validator, r *active) {
	if v.persons == 0 && !v.damaged {
		v.addAt(r, 0, 0, "rule.NO-PERSONS.message")
	}
}

func otherParent(v *Validator, r *active) {
	w := &v.view
	parent := w.val(0, record.PePeID)
	if parent.state != valid {
		return
	}
	for i := 1; i < len(w.first); i++ {
		f := w.rows.Row(i).Class().PersonIDField()
		if id := w.val(i, f); id.state == valid && id.n != parent.n {
			v.add(r, i, f, "rule.KEY-PARENT.message", "name", f.Name(), "place", v.placeOf(i))
		}
	}
}

func repeatedIDs(v *Validator, r *active) {
	w := &v.view
	for c := record.PersonRow; c < record.NumClasses; c++ {
		f := c.RowIDField()
		set := &v.ids[c]
		for _, row := range w.byClass[c] {
			if id := w.val(row, f); id.state == valid && !set.add(uint32(id.n)) {
				v.add(r, row, f, "rule.KEY-DUP.message", "name", f.Name(), "place", v.placeOf(row))
			}
		}
	}
}
