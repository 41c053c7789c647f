package validate

import (
	"maps"
	"math"
	"slices"
	"strconv"

	"iplos/internal/finding"
)

func totalRules() []Rule {
	return []Rule{
		{ID: "STAT-CHANGE", Severity: finding.Warning, Unit: UnitService, Sources: []Source{KPR}, totals: usersChanged},
		{ID: "STAT-NONE", Severity: finding.Warning, Unit: UnitService, Sources: []Source{KPR}, totals: usersGone},
	}
}

// comparable tells whether there is anything to compare: earlier totals, and
// a file that was read to its end.
func (v *Validator) comparable() bool {
	return v.opts.Previous != nil && !v.damaged && v.persons > 0
}

func usersChanged(v *Validator, r *active) {
	if !v.comparable() {
		return
	}
	before := v.opts.Previous.ServiceUsers
	codes := map[int]bool{}
	for _, users := range []map[int]int{before, v.totals.ServiceUsers} {
		for code := range users {
			codes[code] = true
		}
	}
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		was, now := before[code], v.totals.ServiceUsers[code]
		if now == 0 || math.Abs(float64(now-was)) <= v.share*float64(was) {
			continue // none now is a rule of its own
		}
		message := "rule.STAT-CHANGE.message"
		switch since := v.sinceYear(); {
		case was == 0 && since:
			message = "rule.STAT-CHANGE.message.new.year"
		case was == 0:
			message = "rule.STAT-CHANGE.message.new"
		case since:
			message = "rule.STAT-CHANGE.message.year"
		}
		percent := 0
		if was > 0 {
			percent = int(math.Round(100 * float64(now-was) / float64(was)))
		}
		v.addAt(r, 0, 0, message, "code", code, "service", v.serviceName(code),
			"was", was, "now", now, "percent", signed(percent), "year", strconv.Itoa(v.opts.PreviousYear))
	}
}

func usersGone(v *Validator, r *active) {
	if !v.comparable() {
		return
	}
	for _, code := range slices.Sorted(maps.Keys(v.opts.Previous.ServiceUsers)) {
		was := v.opts.Previous.ServiceUsers[code]
		if was > 0 && v.totals.ServiceUsers[code] == 0 {
			message := "rule.STAT-NONE.message"
			if v.sinceYear() {
				message = "rule.STAT-NONE.message.year"
			}
			v.addAt(r, 0, 0, message, "code", code, "service", v.serviceName(code), "was", was,
				"year", strconv.Itoa(v.opts.PreviousYear))
		}
	}
}

// sinceYear tells whether the totals compared with are another year's.
func (v *Validator) sinceYear() bool {
	return v.opts.PreviousYear != 0 && v.opts.PreviousYear != v.opts.Year
}

// serviceName names a code, also one that is no service.
func (v *Validator) serviceName(code int) finding.ServiceCode {
	if _, ok := v.pack.Service(code); !ok {
		return 0
	}
	return finding.ServiceCode(code)
}

func signed(percent int) string {
	switch {
	case percent > 0:
		return "+" + strconv.Itoa(percent)
	case percent < 0:
		return "−" + strconv.Itoa(-percent)
	default:
		return "0"
	}
}
