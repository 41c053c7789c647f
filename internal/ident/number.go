package ident

// Mode says which control digits count as right.
type Mode uint8

// The modes. Numbers given out before 2032 always pass Strict. From 2032 the
// first control digit may leave a remainder of 0, 1, 2 or 3; the second is
// unchanged.
const (
	Strict Mode = iota
	Relaxed2032
)

// ParseMode reads "strict" or "2032".
func ParseMode(text string) (Mode, bool) {
	switch text {
	case "strict", "":
		return Strict, true
	case "2032":
		return Relaxed2032, true
	default:
		return Strict, false
	}
}

// Kind is a kind of identity number.
type Kind uint8

// The kinds. An H-number belongs to the organisation that made it and an
// FH-number to Norsk helsenett; neither leads to a person in the population
// register.
const (
	NoKind Kind = iota
	Fodselsnummer
	DNumber
	HNumber
	FHNumber
	DUF
)

// String returns the kind's name, for developers.
func (k Kind) String() string {
	return [...]string{"none", "fødselsnummer", "D-number", "H-number", "FH-number", "DUF number"}[k]
}

// Series says whether a number belongs to a series of synthetic persons.
type Series uint8

// The series. Plus80 is Skatteetaten's test population (month 81–92), Plus65
// Norsk helsenett's (month 66–77).
const (
	Real Series = iota
	Plus80
	Plus65
)

// Sex is what the number says.
type Sex uint8

// The sexes. Numbers without a birth date say nothing.
const (
	UnknownSex Sex = iota
	Female
	Male
)

// Fault is the first thing wrong with a number.
type Fault uint8

// The faults, in the order they are looked for.
const (
	OK Fault = iota
	// BadFormat: neither 11 nor 12 digits.
	BadFormat
	// BadDate: no such birth date, whichever kind is tried, or an individual
	// number of no series for that year.
	BadDate
	// BadChecksum: control digits are wrong.
	BadChecksum
)

// String returns the fault's name, for developers.
func (f Fault) String() string {
	return [...]string{"ok", "format", "date", "checksum"}[f]
}

// Number is what an identity number says.
type Number struct {
	Kind   Kind
	Series Series
	Sex    Sex
	// Dnr tells that the day is raised by 40 too: a synthetic or H-number
	// made from a D-number.
	Dnr bool
	// Relaxed tells that the number passes only by the rule of 2032; its sex
	// is then unknown.
	Relaxed bool
	// Year, Month and Day are the birth date, zero for FH and DUF.
	Year, Month, Day int
	// Index is the number without its redundant control digits: two valid
	// numbers are the same exactly when IsDUF and Index are equal. It fits
	// in 32 bits for all but DUF, where it is below 10¹⁰.
	Index uint64
}

// Registered tells that the number leads to a person in a public register.
func (n *Number) Registered() bool {
	return n.Series == Real && (n.Kind == Fodselsnummer || n.Kind == DNumber || n.Kind == DUF)
}

// AgeOn returns the age in whole years on a day. It may be negative. The
// number must have a birth date.
func (n *Number) AgeOn(year, month, day int) int {
	age := year - n.Year
	if month < n.Month || month == n.Month && day < n.Day {
		age--
	}
	return age
}

// Parse reads an identity number. The number is complete for OK; for
// BadChecksum its kind, series and date are set too.
//
// FH-numbers are tried first, since the rest of one is random and fails
// every date check.
func Parse(text []byte, mode Mode) (Number, Fault) {
	switch len(text) {
	case 11:
	case 12:
		return parseDUF(text)
	default:
		return Number{}, BadFormat
	}
	var d [11]uint32
	for i := range d {
		c := uint32(text[i]) - '0'
		if c > 9 {
			return Number{}, BadFormat
		}
		d[i] = c
	}
	n := Number{Kind: FHNumber}
	if d[0] < 8 {
		if !n.date(&d) {
			return Number{}, BadDate
		}
	}
	rest, ok := control(&d, mode)
	if !ok {
		return n, BadChecksum
	}
	nine := uint64(0)
	for _, v := range d[:9] {
		nine = nine*10 + uint64(v)
	}
	// Each of the four remainders is another number; one of them is that of
	// the strict rule.
	n.Index = nine*4 + uint64(rest)
	if rest != 0 {
		n.Relaxed, n.Sex = true, UnknownSex
	}
	return n, OK
}

// date reads kind, series, sex and birth date from the first nine digits.
func (n *Number) date(d *[11]uint32) bool {
	n.Kind = Fodselsnummer
	day := d[0]*10 + d[1]
	if d[0] >= 4 {
		n.Kind, n.Dnr = DNumber, true
		day -= 40
	}
	month := d[2]*10 + d[3]
	switch {
	case month > 80:
		n.Series, month = Plus80, month-80
	case month > 65:
		n.Series, month = Plus65, month-65
	case month > 40:
		n.Kind, month = HNumber, month-40
	}
	year, ok := century(d[4]*10+d[5], d[6]*100+d[7]*10+d[8])
	if !ok || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return false
	}
	n.Year, n.Month, n.Day = int(year), int(month), int(day)
	n.Sex = Female
	if d[8]%2 == 1 {
		n.Sex = Male
	}
	return true
}

// century returns the birth year from its two digits and the individual
// number: 500–749 were born 1854–1899, 000–499 1900–1999, 900–999 1940–1999
// and 500–999 2000–2039.
func century(yy, individual uint32) (uint32, bool) {
	switch {
	case individual < 500:
		return 1900 + yy, true
	case yy < 40:
		return 2000 + yy, true
	case individual >= 900:
		return 1900 + yy, true
	case individual < 750 && yy >= 54:
		return 1800 + yy, true
	default:
		return 0, false
	}
}

func daysIn(year, month uint32) uint32 {
	if month == 2 {
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 30 + (month+month>>3)&1
}

// control checks both control digits and returns the remainder the first one
// leaves: 0, or up to 3 by the rule of 2032.
func control(d *[11]uint32, mode Mode) (rest uint32, ok bool) {
	k1 := 3*d[0] + 7*d[1] + 6*d[2] + d[3] + 8*d[4] + 9*d[5] + 4*d[6] + 5*d[7] + 2*d[8] + d[9]
	k2 := 5*d[0] + 4*d[1] + 3*d[2] + 2*d[3] + 7*d[4] + 6*d[5] + 5*d[6] + 4*d[7] + 3*d[8] + 2*d[9] + d[10]
	rest = k1 % 11
	if k2%11 != 0 {
		return rest, false
	}
	return rest, rest == 0 || mode == Relaxed2032 && rest <= 3
}

// parseDUF reads a DUF number: year, six digits of serial number, and the
// weighted sum of those ten modulo 11 written with two digits.
func parseDUF(text []byte) (Number, Fault) {
	weights := [10]uint32{4, 6, 3, 2, 4, 6, 3, 2, 7, 5}
	sum, ten := uint32(0), uint64(0)
	var tail uint32
	for i, c := range text {
		v := uint32(c) - '0'
		if v > 9 {
			return Number{}, BadFormat
		}
		if i < 10 {
			sum += weights[i] * v
			ten = ten*10 + uint64(v)
		} else {
			tail = tail*10 + v
		}
	}
	n := Number{Kind: DUF, Index: ten}
	if sum%11 != tail {
		return n, BadChecksum
	}
	return n, OK
}
