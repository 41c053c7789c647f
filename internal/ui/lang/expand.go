package lang

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// expand fills a text's placeholders:
//
//	{name}              the value: numbers with thousands apart, times as
//	                    date and clock, days as date, sizes with
//	                    their unit, everything else as it is
//	{name:one|many}     the word that goes with a number, which is not shown
//	{{                  an opening brace
func (p *Printer) expand(text string, args []any) string {
	if !strings.Contains(text, "{") {
		return text
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		if after, ok := strings.CutPrefix(rest, "{"); ok {
			b.WriteByte('{')
			text = after
			continue
		}
		hole, after, _ := strings.Cut(rest, "}")
		b.WriteString(p.fill(hole, args))
		text = after
	}
}

func (p *Printer) fill(hole string, args []any) string {
	name, words, plural := strings.Cut(hole, ":")
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] != name {
			continue
		}
		if plural {
			return pick(words, args[i+1])
		}
		if t, ok := args[i+1].(catalogued); ok {
			return p.nested(t, args)
		}
		return p.value(args[i+1])
	}
	return "{" + hole + "}"
}

// catalogued is an argument that is itself texts of the catalogue, given by
// their ids. With nil arguments a text takes those of the text it stands in.
type catalogued interface {
	CatalogTexts() (ids []string, args []any)
}

// nested writes an argument that is texts, with commas between.
func (p *Printer) nested(t catalogued, outer []any) string {
	ids, args := t.CatalogTexts()
	if args == nil {
		args = outer
	}
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = p.T(id, args...)
	}
	return strings.Join(texts, ", ")
}

func pick(words string, n any) string {
	one, many, _ := strings.Cut(words, "|")
	if fmt.Sprint(n) == "1" {
		return one
	}
	return many
}

func (p *Printer) value(v any) string {
	switch v := v.(type) {
	case int:
		return p.Number(int64(v))
	case int64:
		return p.Number(v)
	case float64:
		return p.Decimal(v, 1)
	case time.Time:
		return p.DateTime(v)
	case interface{ Day() time.Time }:
		return p.Date(v.Day())
	case interface{ Bytes() int64 }:
		return p.Bytes(v.Bytes())
	case time.Duration:
		return p.Duration(v)
	case error:
		return v.Error()
	default:
		return fmt.Sprint(v)
	}
}

// Number writes a whole number, from five digits on with its thousands apart:
// "2017", "12 345" with a no-break space in Norwegian, "12,345" in English.
// Four digits stand together, as Norwegian usage allows, so that a year is a
// year.
func (p *Printer) Number(n int64) string {
	s := strconv.FormatInt(n, 10)
	if -10_000 < n && n < 10_000 {
		return s
	}
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	sep := "\u00a0"
	if p.lang == English {
		sep = ","
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + sep + s[i:]
	}
	return sign + s
}

// Decimal writes a number with that many decimals, comma or point by
// language.
func (p *Printer) Decimal(f float64, decimals int) string {
	s := strconv.FormatFloat(f, 'f', decimals, 64)
	if p.lang == English {
		return s
	}
	return strings.Replace(s, ".", ",", 1)
}

// Duration writes a length of time with its two largest units: "350 ms",
// "45 s", "2 min 5 s", "1 t 30 min" ("1 h 30 min" in English).
func (p *Printer) Duration(d time.Duration) string {
	part := func(n time.Duration, unit string) string { return p.Number(int64(n)) + "\u00a0" + unit }
	two := func(big, small time.Duration, bigUnit, smallUnit string) string {
		if small == 0 {
			return part(big, bigUnit)
		}
		return part(big, bigUnit) + " " + part(small, smallUnit)
	}
	switch {
	case d < time.Second:
		return part(d.Round(time.Millisecond)/time.Millisecond, "ms")
	case d < time.Minute-time.Second/2:
		return part(d.Round(time.Second)/time.Second, "s")
	case d < time.Hour-time.Second/2:
		d = d.Round(time.Second)
		return two(d/time.Minute, d%time.Minute/time.Second, "min", "s")
	default:
		d = d.Round(time.Minute)
		return two(d/time.Hour, d%time.Hour/time.Minute, p.T("lang.hour"), "min")
	}
}

// Bytes writes a size in bytes: below 10 000 as it is, else in kB, MB or GB
// (powers of 1000) with one decimal.
func (p *Printer) Bytes(n int64) string {
	if n < 10_000 {
		return p.Number(n) + "\u00a0B"
	}
	f, unit := float64(n), ""
	for _, u := range []string{"kB", "MB", "GB", "TB"} {
		f /= 1000
		unit = u
		if f < 1000 {
			break
		}
	}
	return p.Decimal(f, 1) + "\u00a0" + unit
}

// Date writes a day: "15. januar 2018", "15 January 2018".
func (p *Printer) Date(t time.Time) string {
	return fmt.Sprintf(p.T("lang.date"), t.Day(), p.month(t.Month()), t.Year())
}

// DateTime writes a day and a clock time: "15. januar 2018 kl. 08.00".
func (p *Printer) DateTime(t time.Time) string {
	return p.Date(t) + t.Format(p.T("lang.clock"))
}

func (p *Printer) month(m time.Month) string {
	return strings.Fields(p.T("lang.months"))[m-1]
}
