package validate

import (
	"iplos/internal/finding"
	"iplos/internal/record"
	"iplos/internal/register"
)

func functionRules() []Rule {
	field := func(fs ...record.Field) []record.Field { return fs }
	return []Rule{
		{ID: "FUN-CODE", Severity: finding.Warning, Unit: UnitRow, Class: record.Funksjon, Fields: field(record.FnFunkType), Sources: []Source{KPR}, person: functionCode},
		{ID: "FUN-MISSING", Severity: finding.Info, Unit: UnitPerson, Class: record.Funksjon, Fields: field(record.FnFunkType), Sources: []Source{KPR}, person: functionMissing},
		{ID: "FUN-OVERLAP", Severity: finding.Info, Unit: UnitPerson, Class: record.Funksjon, Fields: field(record.FnFunkVerdi), Sources: []Source{Practice}, person: functionOverlap},
		{ID: "DIAG-FORMAT", Severity: finding.Warning, Unit: UnitRow, Class: record.Diagnose, Fields: field(record.DiDiagKode), Sources: []Source{Practice}, person: diagnosisFormat},
		{ID: "DIAG-RESERVED", Severity: finding.Warning, Unit: UnitPerson, Class: record.PersonRow, Fields: field(record.PeDiagReserv), Sources: []Source{Schema}, person: diagnosisReserved},
	}
}

func functionCode(v *Validator, r *active) {
	for _, row := range v.view.byClass[record.Funksjon] {
		code := v.view.val(row, record.FnFunkType)
		if code.state == valid && !v.pack.FunctionValid(int(code.n)) {
			v.add(r, row, record.FnFunkType, "rule.FUN-CODE.message", "code", int(code.n), "year", v.yearText())
		}
	}
}

// functionMissing also counts those who lack nothing, for the totals.
func functionMissing(v *Validator, r *active) {
	first, last := record.MakeDate(v.opts.Year, 1, 1), record.MakeDate(v.opts.Year, 12, 31)
	w := &v.view
	want := finding.FunctionSet(1)<<(v.pack.AssessedUpTo+1) - 2
	var got finding.FunctionSet
	for _, row := range w.byClass[record.Funksjon] {
		code := w.val(row, record.FnFunkType)
		if code.state != valid || !v.pack.FunctionValid(int(code.n)) {
			// The row may be any of those that seem to be missing.
			return
		}
		from, to := w.val(row, record.FnFraDato), w.val(row, record.FnTilDato)
		outside := from.state == valid && record.Date(from.n) > last || to.state == valid && record.Date(to.n) < first
		if !outside && int(code.n) <= v.pack.AssessedUpTo {
			got |= 1 << code.n
		}
	}
	missing := want &^ got
	if missing == 0 {
		v.assessed++
		return
	}
	count := 0
	for s := missing; s != 0; s &= s - 1 {
		count++
	}
	v.add(r, 0, record.NoField, "rule.FUN-MISSING.message", "count", count, "functions", missing, "year", v.yearText())
}

func functionOverlap(v *Validator, r *active) {
	w := &v.view
	var used uint64
	for _, row := range w.byClass[record.Funksjon] {
		code, level := w.val(row, record.FnFunkType), w.val(row, record.FnFunkVerdi)
		if code.state != valid || level.state != valid || code.n < 1 || code.n > register.MaxCode {
			continue
		}
		s, ok := v.spanOf(row, record.FnFraDato, record.FnTilDato)
		if !ok || w.val(row, record.FnTilDato).state == absent {
			continue // an end that is not there is missing, and found as that
		}
		s.value = level.n
		if used>>code.n&1 == 0 {
			used |= 1 << code.n
			v.spans[code.n] = v.spans[code.n][:0]
		}
		v.spans[code.n] = append(v.spans[code.n], s)
	}
	for code := 1; code <= register.MaxCode && used>>code != 0; code++ {
		if used>>code&1 == 0 {
			continue
		}
		if a, b, ok := overlap(v.spans[code]); ok {
			v.add(r, b.row, record.FnFunkVerdi, "rule.FUN-OVERLAP.message",
				"function", finding.FunctionSet(1)<<code, "from", b.from, "first", a.from, "row", v.rowID(a.row, record.FnFnID))
			return
		}
	}
}

// diagnosisFormat looks at the shape only: the code lists themselves are not
// part of the program.
func diagnosisFormat(v *Validator, r *active) {
	const icpc2 = 1 // place in the list of allowed values
	for _, row := range v.view.byClass[record.Diagnose] {
		version, code := v.view.val(row, record.DiKodeVersjon), v.view.val(row, record.DiDiagKode)
		if version.state != valid || code.state != valid {
			continue
		}
		text := v.view.text(row, record.DiDiagKode)
		switch {
		case version.is(icpc2) && !looksLikeICPC2(text):
			v.add(r, row, record.DiDiagKode, "rule.DIAG-FORMAT.message.icpc")
		case !version.is(icpc2) && !looksLikeICD10(text):
			v.add(r, row, record.DiDiagKode, "rule.DIAG-FORMAT.message.icd")
		}
	}
}

// looksLikeICPC2 accepts a letter and two digits, as in A01, with the four
// digits of the Norwegian extension after an optional point, and the process
// codes -30 to -69.
func looksLikeICPC2(text []byte) bool {
	if len(text) < 3 || !isDigit(text[1]) || !isDigit(text[2]) {
		return false
	}
	if text[0] == '-' {
		return len(text) == 3 && text[1] >= '3' && text[1] <= '6'
	}
	if !isLetter(text[0]) {
		return false
	}
	rest := text[3:]
	if len(rest) > 0 && rest[0] == '.' {
		rest = rest[1:]
		return len(rest) == 4 && allDigits(rest)
	}
	return len(rest) == 0 || len(rest) == 4 && allDigits(rest)
}

// looksLikeICD10 accepts a letter, two digits and up to three more
// characters after an optional point: digits, and at the end the marks for
// cause and manifestation.
func looksLikeICD10(text []byte) bool {
	if len(text) < 3 || !isLetter(text[0]) || !isDigit(text[1]) || !isDigit(text[2]) {
		return false
	}
	rest := text[3:]
	if len(rest) > 0 && rest[0] == '.' {
		if rest = rest[1:]; len(rest) == 0 {
			return false
		}
	}
	if len(rest) > 0 && (rest[len(rest)-1] == '*' || rest[len(rest)-1] == '+') {
		rest = rest[:len(rest)-1]
	}
	return len(rest) <= 3 && allDigits(rest)
}

func isLetter(c byte) bool { return 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func allDigits(text []byte) bool {
	for _, c := range text {
		if !isDigit(c) {
			return false
		}
	}
	return true
}

func diagnosisReserved(v *Validator, r *active) {
	const reserved = 1 // place in the list of allowed values
	if n := len(v.view.byClass[record.Diagnose]); n > 0 && v.view.val(0, record.PeDiagReserv).is(reserved) {
		v.add(r, 0, record.PeDiagReserv, "rule.DIAG-RESERVED.message", "count", n)
	}
}
