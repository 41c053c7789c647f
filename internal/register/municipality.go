package register

import "slices"

// Municipality is a municipality under one number, for as long as the number
// was valid.
type Municipality struct {
	// Number is the four digits, Name the official name without parallel
	// forms where the tables have none.
	Number, Name string

	valid span
}

// FirstDay returns the first day the number was valid. 1 January 2013 means
// that day or earlier: the tables begin there.
func (m Municipality) FirstDay() Day { return m.valid.from }

// LastDay returns the last day the number was valid, 0 when it still is.
func (m Municipality) LastDay() Day {
	if m.valid.to == forever {
		return 0
	}
	return m.valid.to
}

// ValidOn returns the municipality that had the number that day.
func ValidOn(number string, on Day) (Municipality, bool) {
	d := tables()
	for _, i := range d.byNumber[number] {
		if d.municipalities[i].valid.covers(on) {
			return d.municipalities[i], true
		}
	}
	return Municipality{}, false
}

// InYear returns the municipality that had the number in a data year. Numbers
// change on 1 January only, so any day of the year serves.
func InYear(number string, year int) (Municipality, bool) {
	return ValidOn(number, MakeDay(year, 7, 1))
}

// Known returns the municipality that has or had the number, the latest
// first, whatever the year.
func Known(number string) (Municipality, bool) {
	d := tables()
	at := d.byNumber[number]
	if len(at) == 0 {
		return Municipality{}, false
	}
	return d.municipalities[at[len(at)-1]], true
}

// Municipalities returns those of a data year, by number.
func Municipalities(year int) []Municipality {
	var found []Municipality
	for _, m := range tables().municipalities {
		if m.valid.covers(MakeDay(year, 7, 1)) {
			found = append(found, m)
		}
	}
	return found
}

// Change is a municipality number that became another.
type Change struct {
	// From and To are the numbers before and after, FirstDay the first day
	// of the later one.
	From, To string
	FirstDay Day
}

// Successors returns what the number became, one step on: none while it is
// valid or where the tables do not tell, several where the municipality was
// split.
func Successors(number string) []Change {
	var found []Change
	for _, c := range tables().successors[number] {
		found = append(found, Change{From: number, To: c.number, FirstDay: c.day})
	}
	return found
}

// Predecessors returns what the number was made of, one step back.
func Predecessors(number string) []Change {
	var found []Change
	for _, c := range tables().predecessors[number] {
		found = append(found, Change{From: c.number, To: number, FirstDay: c.day})
	}
	return found
}

// NumberIn returns what the number's municipality was called in a data year,
// by following successors or predecessors, with the changes on the way,
// earliest first. It returns several numbers for a merged or split
// municipality and none when the tables do not lead there.
func NumberIn(number string, year int) (numbers []Municipality, by []Change) {
	if m, ok := InYear(number, year); ok {
		return []Municipality{m}, nil
	}
	m, ok := Known(number)
	if !ok {
		return nil, nil
	}
	step := Successors
	pick := func(c Change) string { return c.To }
	if m.FirstDay().Year() > year {
		step, pick = Predecessors, func(c Change) string { return c.From }
	}
	at := []string{number}
	// No number changed more than three times from 2013 to 2024.
	for range 4 {
		var next []string
		for _, n := range at {
			for _, c := range step(n) {
				by = append(by, c)
				next = append(next, pick(c))
			}
		}
		at = next
		for _, n := range next {
			if m, ok := InYear(n, year); ok && !slices.Contains(numbers, m) {
				numbers = append(numbers, m)
			}
		}
		if len(numbers) > 0 || len(next) == 0 {
			break
		}
	}
	if len(numbers) == 0 {
		return nil, nil
	}
	slices.SortStableFunc(by, func(a, b Change) int { return int(a.FirstDay - b.FirstDay) })
	return numbers, by
}
