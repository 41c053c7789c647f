package report

import (
	"maps"
	"slices"
	"strconv"

	"iplos/internal/finding"
)

// serviceRow is the users of one service, beside last year's.
type serviceRow struct {
	Name               string
	Now, Before        int
	NowWidth, OldWidth string
	Change, Share      string
}

// assessed is the share of persons with every function variable assessed.
type assessed struct{ Text, Before, Width string }

// serviceCodes returns the codes that either year has users of, in order.
func serviceCodes(r *Report) []int {
	codes := map[int]bool{}
	for _, t := range []*finding.Totals{r.Totals, r.Previous} {
		if t == nil {
			continue
		}
		for code, n := range t.ServiceUsers {
			if n > 0 {
				codes[code] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(codes))
}

func (p *page) services() {
	if p.R.Totals == nil {
		return
	}
	codes, most := serviceCodes(p.R), 1
	for _, code := range codes {
		most = max(most, p.R.Totals.ServiceUsers[code], before(p.R, code))
	}
	for _, code := range codes {
		now, old := p.R.Totals.ServiceUsers[code], before(p.R, code)
		p.Services = append(p.Services, serviceRow{
			Name: p.service(p.R, code), Now: now, Before: old,
			NowWidth: percent(now, most), OldWidth: percent(old, most),
			Change: p.signed(now - old), Share: p.moved(now, old),
		})
	}
	p.assessed()
}

func before(r *Report, code int) int {
	if r.Previous == nil {
		return 0
	}
	return r.Previous.ServiceUsers[code]
}

// signed writes how a count moved.
func (w words) signed(n int) string {
	switch {
	case n > 0:
		return "+" + w.Number(int64(n))
	case n < 0:
		return "−" + w.Number(int64(-n))
	default:
		return "0"
	}
}

// moved writes how a count moved in per cent, nothing when it began at none.
func (w words) moved(now, old int) string {
	if old == 0 {
		return ""
	}
	share := 100 * float64(now-old) / float64(old)
	if share > 0 {
		return "+" + w.share(share)
	}
	return w.share(share)
}

// share writes per cent.
func (w words) share(percent float64) string {
	if percent < 0 {
		return "−" + w.Decimal(-percent, 1) + "\u00a0%"
	}
	return w.Decimal(percent, 1) + "\u00a0%"
}

func (p *page) assessed() {
	t := p.R.Totals
	if t.Persons == 0 {
		return
	}
	p.Assessed = &assessed{
		Text: p.T("report.html.assessed.text", "assessed", t.Assessed, "persons", t.Persons,
			"share", p.share(100*float64(t.Assessed)/float64(t.Persons))),
		Width: percent(t.Assessed, t.Persons),
	}
	if old := p.R.Previous; old != nil && old.Persons > 0 {
		share := p.share(100 * float64(old.Assessed) / float64(old.Persons))
		p.Assessed.Before = p.T("report.html.assessed.before", "share", share)
		if p.R.otherYear() {
			p.Assessed.Before = p.T("report.html.assessed.before.year", "share", share, "year", strconv.Itoa(p.R.PreviousYear))
		}
	}
}
