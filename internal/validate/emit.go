package validate

import (
	"strconv"

	"iplos/internal/finding"
	"iplos/internal/ident"
	"iplos/internal/record"
)

// add gives a finding on a row of the person or header at hand. With a field
// it stands on the field's line, or the row's when the field is absent.
//
// Arguments must hold nothing that could be an identity number: texts from
// the file pass through shown, ident.Redact or a type check first.
func (v *Validator) add(r *active, row int, f record.Field, message string, args ...any) {
	v.addSeverity(r, r.severity, row, f, message, args...)
}

func (v *Validator) addSeverity(r *active, s finding.Severity, row int, f record.Field, message string, args ...any) {
	at := v.view.rows.Row(row)
	class := at.Class()
	v.found = finding.Finding{
		Rule: r.ID, Severity: s, Line: at.Line(), Class: class.String(), Message: message, Args: args,
	}
	if f != record.NoField {
		v.found.Line, v.found.Field = at.FieldLine(f), f.Name()
	}
	if class >= record.PersonRow {
		v.found.Person = v.person()
	}
	if class > record.PersonRow {
		v.found.Row = v.rowID(row, class.RowIDField())
	}
	v.emit()
}

// addAt gives a finding at a place in the file rather than on a row.
func (v *Validator) addAt(r *active, line, column int, message string, args ...any) {
	v.found = finding.Finding{
		Rule: r.ID, Severity: r.severity, Line: line, Column: column, Message: message, Args: args,
	}
	v.emit()
}

func (v *Validator) emit() {
	v.summary.Add(&v.found)
	if v.sink != nil {
		v.sink.Add(&v.found)
	}
}

// person returns the person's id as findings show it. An id that is no
// number, or that holds an identity number, is shown as the person's place in
// the file instead ("#17").
func (v *Validator) person() string {
	if v.personID == "" {
		v.personID = v.rowID(0, record.PePeID)
		if v.personID == "" {
			v.personID = "#" + strconv.Itoa(v.persons)
		}
	}
	return v.personID
}

func (v *Validator) rowID(row int, f record.Field) string {
	if f == record.NoField || v.view.val(row, f).state != valid {
		return ""
	}
	// A number of eleven digits breaks the type unless it begins with zeros.
	text := string(trim(v.view.text(row, f)))
	if len(text) > 10 && ident.Contains(text) {
		return ""
	}
	return text
}

// shown returns how a wrong value is described: itself when it is short and
// can be neither a name nor an identity number, else by its length.
func shown(text []byte) (args []any) {
	if len(text) == 0 {
		return []any{"got", finding.TextID("rule.got.empty")}
	}
	if isPlain(text) {
		return []any{"got", finding.TextID("rule.got.value"), "value", string(text)}
	}
	return []any{"got", finding.TextID("rule.got.length"), "length", len([]rune(string(text)))}
}

// isPlain tells whether a text is at most ten digits with their signs, or at
// most two letters.
func isPlain(text []byte) bool {
	letters := 0
	for _, c := range text {
		switch {
		case '0' <= c && c <= '9', c == '.', c == ',', c == '-', c == '+', c == '/', c == ' ':
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
			letters++
		default:
			return false
		}
	}
	return len(text) <= 10 && letters == 0 || len(text) <= 2
}
