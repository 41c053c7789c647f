package validate

import (
	"iplos/internal/finding"
	"iplos/internal/ident"
	"iplos/internal/record"
	"iplos/internal/register"
)

// refusal is tjVedtak = 2 as a place in the list of allowed values.
const refusal = 2

func serviceRules() []Rule {
	const c = record.Tjeneste
	field := func(fs ...record.Field) []record.Field { return fs }
	return []Rule{
		{ID: "MIN-TJENESTE", Severity: finding.Minimum, Unit: UnitPerson, Class: c, Sources: []Source{Guide}, person: noService},
		{ID: "SRV-CODE", Severity: finding.Warning, Unit: UnitRow, Class: c, Fields: field(record.TjTjenType), Sources: []Source{KPR}, person: serviceCode},
		{ID: "ORG-MISSING", Severity: finding.Minimum, Unit: UnitRow, Class: c, Fields: field(record.TjInstOrgnr), Sources: []Source{Guide, Questions}, person: orgMissing},
		{ID: "ORG-FORBIDDEN", Severity: finding.Minimum, Unit: UnitRow, Class: c, Fields: field(record.TjInstOrgnr), Sources: []Source{Guide, Questions}, person: orgForbidden},
		{ID: "ORG-FORMAT", Severity: finding.Minimum, Unit: UnitRow, Class: c, Fields: field(record.TjInstOrgnr), Sources: []Source{Numbers}, person: orgFormat},
		{ID: "ORG-UNKNOWN", Severity: finding.Warning, Unit: UnitRow, Class: c, Fields: field(record.TjInstOrgnr), Sources: []Source{Guide}, person: orgUnknown},
		{ID: "ORG-OWNER", Severity: finding.Warning, Unit: UnitRow, Class: c, Fields: field(record.TjInstOrgnr), Sources: []Source{Guide}, person: orgOwner},
		{ID: "SRV-HOURS", Severity: finding.Warning, Unit: UnitRow, Class: c, Fields: field(record.TjTimerUke), Sources: []Source{Questions}, person: serviceHours},
		{ID: "SRV-HOURS-MISSING", Severity: finding.Info, Unit: UnitRow, Class: c, Fields: field(record.TjTimerUke), Sources: []Source{Practice}, person: hoursMissing},
		{ID: "SRV-DEAD", Severity: finding.Warning, Unit: UnitPerson, Class: record.PersonRow, Fields: field(record.PeDodDato), Sources: []Source{KPR}, person: serviceAfterDeath},
		{ID: "SRV-OVERLAP", Severity: finding.Warning, Unit: UnitPerson, Class: c, Fields: field(record.TjFraDato, record.TjTilDato), Sources: []Source{KPR}, person: stayOverlap},
		{ID: "SRV-OUTSIDE", Severity: finding.Warning, Unit: UnitRow, Class: c, Fields: field(record.TjFraDato, record.TjTilDato), Sources: []Source{Guide, KPR}, person: serviceOutside},
	}
}

// service is a TJENESTE row as several rules see it.
type service struct {
	row  int
	code value
	// def is what the register says of the code, nil for none.
	def     *register.Service
	refused bool
	// orgnr is the organisation number without white space around it, empty
	// for none; orgOK tells that it does not break its type.
	orgnr []byte
	orgOK bool
}

func (v *Validator) service(row int) service {
	w := &v.view
	s := service{
		row:     row,
		code:    w.val(row, record.TjTjenType),
		refused: w.val(row, record.TjVedtak).is(refusal),
		orgnr:   trim(w.text(row, record.TjInstOrgnr)),
		orgOK:   w.val(row, record.TjInstOrgnr).state != invalid,
	}
	if s.code.state == valid {
		s.def, _ = v.pack.Service(int(s.code.n))
	}
	return s
}

// group returns what the organisation-number rule says of the service, and
// nothing when the code is wrong.
func (s *service) group() register.Group {
	if s.def == nil {
		return register.Unspecified
	}
	return s.def.Group
}

// readServices reads the TJENESTE rows of the person, once for all rules.
func (v *Validator) readServices() {
	v.services = v.services[:0]
	for _, row := range v.view.byClass[record.Tjeneste] {
		v.services = append(v.services, v.service(row))
	}
}

// place names the service place of a row, where the municipality has given
// the names.
func (v *Validator) place(row int) finding.Place {
	if v.opts.ServicePlaces == nil {
		return ""
	}
	orgnr := trim(v.view.text(row, record.TjInstOrgnr))
	return finding.Place(ident.Redact(v.opts.ServicePlaces[string(orgnr)]))
}

// placeOf is place for a row of any class: only services have one.
func (v *Validator) placeOf(row int) finding.Place {
	if v.view.rows.Row(row).Class() != record.Tjeneste {
		return ""
	}
	return v.place(row)
}

// about names a row's service and place for a message.
func (v *Validator) about(s *service, args ...any) []any {
	code := 0
	if s.code.state == valid {
		code = int(s.code.n)
	}
	return append(args, "code", code, "service", v.serviceName(code), "place", v.place(s.row))
}

func noService(v *Validator, r *active) {
	if len(v.view.byClass[record.Tjeneste]) == 0 {
		v.add(r, 0, record.NoField, "rule.MIN-TJENESTE.message")
	}
}

func serviceCode(v *Validator, r *active) {
	for _, row := range v.view.byClass[record.Tjeneste] {
		code := v.view.val(row, record.TjTjenType)
		if code.state != valid || v.pack.ServiceValid(int(code.n)) {
			continue
		}
		def, known := v.pack.Service(int(code.n))
		args := []any{"code", int(code.n), "year", v.yearText(), "place", v.place(row)}
		switch {
		case !known:
			v.add(r, row, record.TjTjenType, "rule.SRV-CODE.message", args...)
		case v.opts.Year < def.FirstYear:
			v.add(r, row, record.TjTjenType, "rule.SRV-CODE.message.later",
				append(args, "service", finding.ServiceCode(code.n), "first", yearArg(def.FirstYear))...)
		default:
			v.add(r, row, record.TjTjenType, "rule.SRV-CODE.message.ended",
				append(args, "service", finding.ServiceCode(code.n), "last", yearArg(def.LastYear))...)
		}
	}
}

func orgMissing(v *Validator, r *active) {
	for i := range v.services {
		s := &v.services[i]
		if len(s.orgnr) == 0 && !s.refused && s.group() == register.Required {
			v.add(r, s.row, record.TjInstOrgnr, "rule.ORG-MISSING.message", v.about(s)...)
		}
	}
}

func orgForbidden(v *Validator, r *active) {
	for i := range v.services {
		s := &v.services[i]
		if len(s.orgnr) > 0 && s.orgOK && s.group() == register.Forbidden {
			v.add(r, s.row, record.TjInstOrgnr, "rule.ORG-FORBIDDEN.message", v.about(s)...)
		}
	}
}

func orgFormat(v *Validator, r *active) {
	for i := range v.services {
		s := &v.services[i]
		if !s.orgPresent() || ident.ValidOrgnr(s.orgnr) {
			continue
		}
		message := "rule.ORG-FORMAT.message"
		if len(s.orgnr) != 9 {
			message = "rule.ORG-FORMAT.message.length"
		}
		v.add(r, s.row, record.TjInstOrgnr, message, v.about(s, shown(s.orgnr)...)...)
	}
}

// orgPresent tells that there is a number to look at: of the right type, and
// not one that should not be there at all.
func (s *service) orgPresent() bool {
	return len(s.orgnr) > 0 && s.orgOK && s.group() != register.Forbidden
}

func orgUnknown(v *Validator, r *active) {
	if v.opts.ServicePlaces == nil {
		return
	}
	for i := range v.services {
		s := &v.services[i]
		if !s.orgPresent() || !ident.ValidOrgnr(s.orgnr) || string(s.orgnr) == v.opts.OrgNumber {
			continue
		}
		if _, known := v.opts.ServicePlaces[string(s.orgnr)]; !known {
			v.add(r, s.row, record.TjInstOrgnr, "rule.ORG-UNKNOWN.message", v.about(s, "orgnr", string(s.orgnr))...)
		}
	}
}

func orgOwner(v *Validator, r *active) {
	if v.opts.OrgNumber == "" {
		return
	}
	for i := range v.services {
		s := &v.services[i]
		if s.orgPresent() && string(s.orgnr) == v.opts.OrgNumber {
			v.add(r, s.row, record.TjInstOrgnr, "rule.ORG-OWNER.message", v.about(s, "orgnr", v.opts.OrgNumber)...)
		}
	}
}

func serviceHours(v *Validator, r *active) {
	for i := range v.services {
		s := &v.services[i]
		hours := v.view.val(s.row, record.TjTimerUke)
		if hours.state != valid || hours.n >= 0 && hours.n <= int32(v.pack.MaxHoursWeek*100) {
			continue
		}
		message := "rule.SRV-HOURS.message"
		if hours.n < 0 {
			message = "rule.SRV-HOURS.message.negative"
		}
		v.add(r, s.row, record.TjTimerUke, message, v.about(s, "hours", finding.Hundredths(hours.n), "max", v.pack.MaxHoursWeek)...)
	}
}

func hoursMissing(v *Validator, r *active) {
	for i := range v.services {
		s := &v.services[i]
		if s.def != nil && s.def.Hours && !s.refused && v.view.val(s.row, record.TjTimerUke).state == absent {
			v.add(r, s.row, record.TjTimerUke, "rule.SRV-HOURS-MISSING.message", v.about(s)...)
		}
	}
}

func serviceAfterDeath(v *Validator, r *active) {
	died, ok := v.view.val(0, record.PeDodDato).date()
	if !ok || died.Year() >= v.opts.Year {
		return
	}
	n := 0
	for _, row := range v.view.byClass[record.Tjeneste] {
		if !v.view.val(row, record.TjVedtak).is(refusal) {
			n++
		}
	}
	if n > 0 {
		v.add(r, 0, record.PeDodDato, "rule.SRV-DEAD.message", "died", died, "year", v.yearText(), "count", n)
	}
}

func stayOverlap(v *Validator, r *active) {
	spans := v.spans[0][:0]
	for _, row := range v.view.byClass[record.Tjeneste] {
		w := &v.view
		if !w.val(row, record.TjTjenType).is(v.pack.LongStay) || w.val(row, record.TjVedtak).is(refusal) {
			continue
		}
		if s, ok := v.spanOf(row, record.TjFraDato, record.TjTilDato); ok {
			s.value = int32(row) // every stay is another
			spans = append(spans, s)
		}
	}
	v.spans[0] = spans
	if a, b, ok := overlap(spans); ok {
		v.add(r, b.row, record.TjFraDato, "rule.SRV-OVERLAP.message",
			"from", b.from, "first", a.from, "row", v.rowID(a.row, record.TjTjID), "place", v.place(b.row))
	}
}

func serviceOutside(v *Validator, r *active) {
	first, last := record.MakeDate(v.opts.Year, 1, 1), record.MakeDate(v.opts.Year, 12, 31)
	for i := range v.services {
		s := &v.services[i]
		if s.refused {
			continue
		}
		from, fromOK := v.view.val(s.row, record.TjFraDato).date()
		to, toOK := v.view.val(s.row, record.TjTilDato).date()
		switch {
		case fromOK && from > last:
			v.add(r, s.row, record.TjFraDato, "rule.SRV-OUTSIDE.message.after", v.about(s, "from", from, "year", v.yearText())...)
		case toOK && to < first:
			v.add(r, s.row, record.TjTilDato, "rule.SRV-OUTSIDE.message.before", v.about(s, "to", to, "year", v.yearText())...)
		}
	}
}
