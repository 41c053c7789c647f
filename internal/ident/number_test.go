package ident

import (
	"strconv"
	"testing"
)

func TestParse(t *testing.T) {
	tests := []struct {
		text  string
		kind  Kind
		serie Series
		fault Fault
		year  int
		sex   Sex
	}{
		// Samples with month + 80 or + 65 are synthetic persons; the control
		// digits of all were computed by hand for this table.
		{"10915596784", Fodselsnummer, Plus80, OK, 1955, Male},
		{"19779998080", Fodselsnummer, Plus65, OK, 1999, Female},
		{"10915596785", Fodselsnummer, Plus80, BadChecksum, 1955, Male},
		{"1091559678", NoKind, Real, BadFormat, 0, UnknownSex},
		{"109155967845", NoKind, Real, BadChecksum, 0, UnknownSex},
		{"10915596x84", NoKind, Real, BadFormat, 0, UnknownSex},
		{"", NoKind, Real, BadFormat, 0, UnknownSex},
	}
	for _, tt := range tests {
		n, fault := Parse([]byte(tt.text), Strict)
		if fault != tt.fault {
			t.Errorf("%s: fault %v, want %v", tt.text, fault, tt.fault)
			continue
		}
		if fault != OK {
			continue
		}
		if n.Kind != tt.kind || n.Series != tt.serie || n.Year != tt.year || n.Sex != tt.sex {
			t.Errorf("%s: %+v", tt.text, n)
		}
	}
}

func TestCenturies(t *testing.T) {
	tests := []struct {
		yy, individual uint32
		want           uint32
		ok             bool
	}{
		{0, 0, 1900, true},
		{99, 499, 1999, true},
		{54, 500, 1854, true},
		{99, 749, 1899, true},
		{53, 500, 0, false},
		{53, 899, 0, false},
		{54, 750, 0, false},
		{39, 500, 2039, true},
		{39, 999, 2039, true},
		{0, 500, 2000, true},
		{40, 900, 1940, true},
		{99, 999, 1999, true},
		{40, 899, 0, false},
	}
	for _, tt := range tests {
		got, ok := century(tt.yy, tt.individual)
		if got != tt.want || ok != tt.ok {
			t.Errorf("year %02d, individual %03d: %d, %v; want %d, %v", tt.yy, tt.individual, got, ok, tt.want, tt.ok)
		}
	}
}

// TestEveryKind makes a number of each kind with right control digits and
// reads it back.
func TestEveryKind(t *testing.T) {
	tests := []struct {
		name string
		nine string
		want Number
	}{
		{"Skatteetaten", "019200505", Number{Kind: Fodselsnummer, Series: Plus80, Year: 2000, Month: 12, Day: 1, Sex: Male}},
		{"Skatteetaten, D", "419255200", Number{Kind: DNumber, Series: Plus80, Dnr: true, Year: 1955, Month: 12, Day: 1, Sex: Female}},
		{"Norsk helsenett", "317712125", Number{Kind: Fodselsnummer, Series: Plus65, Year: 1912, Month: 12, Day: 31, Sex: Male}},
		{"H", "014155321", Number{Kind: HNumber, Year: 1955, Month: 1, Day: 1, Sex: Male}},
		{"H of D", "414155321", Number{Kind: HNumber, Dnr: true, Year: 1955, Month: 1, Day: 1, Sex: Male}},
		{"FH, 8", "899999993", Number{Kind: FHNumber}},
		{"FH, 9", "900000000", Number{Kind: FHNumber}},
		{"leap day of 2000", "298200501", Number{Kind: Fodselsnummer, Series: Plus80, Year: 2000, Month: 2, Day: 29, Sex: Male}},
		{"1880", "018180504", Number{Kind: Fodselsnummer, Series: Plus80, Year: 1880, Month: 1, Day: 1, Sex: Female}},
	}
	for _, tt := range tests {
		text, ok := complete(tt.nine, 0)
		if !ok {
			t.Errorf("%s: %s has no control digits; choose another", tt.name, tt.nine)
			continue
		}
		got, fault := Parse([]byte(text), Strict)
		if fault != OK {
			t.Errorf("%s: %s: %v", tt.name, text, fault)
			continue
		}
		tt.want.Index = got.Index
		if got != tt.want {
			t.Errorf("%s: %s:\n got %+v\nwant %+v", tt.name, text, got, tt.want)
		}
	}
}

func TestBadDates(t *testing.T) {
	for _, nine := range []string{
		"328155123", "008155123", "298201123", "298200123", // 1900 was no leap year
		"318455123", "019355123", "018055123", "013355123", "017855123", "016555123",
		"728155123", "018153612",
	} {
		for _, tail := range []string{"00", "99"} {
			if _, fault := Parse([]byte(nine+tail), Strict); fault != BadDate {
				t.Errorf("%s%s: %v, want %v", nine, tail, fault, BadDate)
			}
		}
	}
}

func TestRelaxed2032(t *testing.T) {
	for rest := uint32(1); rest <= 4; rest++ {
		text, ok := complete("018155123", rest)
		if !ok {
			continue
		}
		if _, fault := Parse([]byte(text), Strict); fault != BadChecksum {
			t.Errorf("remainder %d passes the strict rule", rest)
		}
		n, fault := Parse([]byte(text), Relaxed2032)
		if want := rest <= 3; (fault == OK) != want {
			t.Errorf("remainder %d: %v by the rule of 2032", rest, fault)
		}
		if fault == OK && (!n.Relaxed || n.Sex != UnknownSex) {
			t.Errorf("remainder %d: %+v", rest, n)
		}
	}
}

func TestIndexIsUnique(t *testing.T) {
	seen := map[uint64]string{}
	for i := range 8_000 {
		for rest := range uint32(4) {
			nine := strconv.Itoa(100_000_000 + i*100_003)
			text, ok := complete(nine, rest)
			if !ok {
				continue
			}
			n, fault := Parse([]byte(text), Relaxed2032)
			if fault != OK {
				continue
			}
			if other, dup := seen[n.Index]; dup || n.Index > 1<<32 {
				t.Fatalf("%s and %s have index %d", text, other, n.Index)
			}
			seen[n.Index] = text
		}
	}
}

func TestDUF(t *testing.T) {
	ten := []byte("2010123456")
	weights := []int{4, 6, 3, 2, 4, 6, 3, 2, 7, 5}
	sum := 0
	for i, w := range weights {
		sum += w * int(ten[i]-'0')
	}
	tail := sum % 11
	good := append(append([]byte(nil), ten...), byte('0'+tail/10), byte('0'+tail%10))
	n, fault := Parse(good, Strict)
	if fault != OK || n.Kind != DUF || !n.Registered() {
		t.Errorf("%s: %+v, %v", good, n, fault)
	}
	good[9]++
	if _, fault := Parse(good, Strict); fault != BadChecksum {
		t.Errorf("%s: %v", good, fault)
	}
}

func TestAge(t *testing.T) {
	n := Number{Year: 1955, Month: 11, Day: 10}
	for _, tt := range []struct{ y, m, d, want int }{
		{2017, 12, 31, 62},
		{2017, 11, 10, 62},
		{2017, 11, 9, 61},
		{1954, 1, 1, -2},
	} {
		if got := n.AgeOn(tt.y, tt.m, tt.d); got != tt.want {
			t.Errorf("%d-%d-%d: %d, want %d", tt.y, tt.m, tt.d, got, tt.want)
		}
	}
}

func TestOrgnr(t *testing.T) {
	for text, want := range map[string]bool{
		"983163327": true, "974446871": true, "915933149": true, "986243836": true, "987592567": true,
		"983163328": false, "983163372": false, "": false, "98316332": false, "9831633270": false,
		"98316332x": false, "000000000": false, "783163327": false, "NO9831633": false,
	} {
		if got := ValidOrgnr([]byte(text)); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func TestNoAllocation(t *testing.T) {
	text := []byte("10915596784")
	if n := testing.AllocsPerRun(100, func() { Parse(text, Strict) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// complete appends control digits that leave that remainder in the first.
func complete(nine string, rest uint32) (string, bool) {
	var d [11]uint32
	for i := range nine {
		d[i] = uint32(nine[i] - '0')
	}
	k1, _ := control(&d, Strict)
	if d[9] = (11 + rest - k1) % 11; d[9] > 9 {
		return "", false
	}
	k2 := (5*d[0] + 4*d[1] + 3*d[2] + 2*d[3] + 7*d[4] + 6*d[5] + 5*d[6] + 4*d[7] + 3*d[8] + 2*d[9]) % 11
	if d[10] = (11 - k2) % 11; d[10] > 9 {
		return "", false
	}
	return nine + string([]byte{byte('0' + d[9]), byte('0' + d[10])}), true
}

func FuzzParse(f *testing.F) {
	f.Add("10915596784", false)
	f.Add("201012345678", true)
	f.Add("89999999346", false)
	f.Fuzz(func(t *testing.T, text string, relaxed bool) {
		mode := Strict
		if relaxed {
			mode = Relaxed2032
		}
		n, fault := Parse([]byte(text), mode)
		if fault != OK {
			return
		}
		if len(text) != 11 && len(text) != 12 {
			t.Errorf("%q is accepted", text)
		}
		if n.Kind == NoKind || (n.Year != 0) != (n.Kind != FHNumber && n.Kind != DUF) {
			t.Errorf("%q: %+v", text, n)
		}
		if !Contains(" " + text + ".") {
			t.Errorf("%q is not detected", text)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	text := []byte("10915596784")
	for b.Loop() {
		Parse(text, Strict)
	}
}

func BenchmarkOrgnr(b *testing.B) {
	text := []byte("983163327")
	for b.Loop() {
		ValidOrgnr(text)
	}
}
