package register

import (
	"testing"
)

func TestMunicipalitiesPerYear(t *testing.T) {
	// The counts are those Statistics Norway gives for each year.
	for year, want := range map[int]int{2013: 428, 2017: 426, 2018: 422, 2019: 422, 2020: 356, 2023: 356, 2024: 357} {
		if got := len(Municipalities(year)); got != want {
			t.Errorf("%d: %d municipalities, want %d", year, got, want)
		}
	}
}

func TestNumberIn(t *testing.T) {
	tests := []struct {
		number string
		year   int
		want   []string
		steps  int
	}{
		{"5001", 2017, []string{"1601"}, 1},
		{"1601", 2018, []string{"5001"}, 1},
		{"1601", 2017, []string{"1601"}, 0},
		{"0715", 2017, []string{"0702", "0714"}, 2},
		{"5054", 2017, []string{"1624", "1718"}, 2},
		{"0719", 2017, []string{"0710"}, 1},
		{"1567", 2024, []string{"5061"}, 1},
		{"1507", 2024, []string{"1508", "1580"}, 2},
		{"3103", 2017, []string{"0104"}, 2},
		{"0104", 2024, []string{"3103"}, 2},
		{"0137", 2020, nil, 0}, // two of the name Våler
		{"9999", 2017, nil, 0},
	}
	for _, tt := range tests {
		got, by := NumberIn(tt.number, tt.year)
		var numbers []string
		for _, m := range got {
			numbers = append(numbers, m.Number)
		}
		if len(numbers) != len(tt.want) || len(by) != tt.steps {
			t.Errorf("NumberIn(%s, %d) = %v by %v, want %v in %d steps", tt.number, tt.year, numbers, by, tt.want, tt.steps)
			continue
		}
		for i := range numbers {
			if numbers[i] != tt.want[i] {
				t.Errorf("NumberIn(%s, %d) = %v, want %v", tt.number, tt.year, numbers, tt.want)
			}
		}
	}
}

func TestValidOn(t *testing.T) {
	if _, ok := ValidOn("1601", 20171231); !ok {
		t.Error("1601 is valid on 31 December 2017")
	}
	if _, ok := ValidOn("1601", 20180101); ok {
		t.Error("1601 is not valid on 1 January 2018")
	}
	m, ok := Known("1601")
	if !ok || m.Name != "Trondheim" || m.LastDay() != 20171231 {
		t.Errorf("Known(1601) = %+v, %v", m, ok)
	}
}

// TestChanges proves the change table against the municipality table.
func TestChanges(t *testing.T) {
	d := tables()
	n := 0
	for from, cs := range d.successors {
		for _, c := range cs {
			n++
			if _, ok := ValidOn(from, c.day-8870); !ok { // 31 December of the year before
				t.Errorf("%s is not valid the day before it became %s", from, c.number)
			}
			if _, ok := ValidOn(from, c.day); ok {
				t.Errorf("%s is still valid the day it became %s", from, c.number)
			}
			if _, ok := ValidOn(c.number, c.day); !ok {
				t.Errorf("%s is not valid on its first day", c.number)
			}
		}
	}
	if n < 380 {
		t.Errorf("only %d changes", n)
	}
}

func TestSearchByName(t *testing.T) {
	tests := []struct {
		text string
		year int
		want string // the first
		n    int    // how many; 0: any
	}{
		{"trondheim", 2017, "1601", 1},
		{"Tråante", 2017, "1601", 1},
		{"Trondheim", 2018, "5001", 1},
		{"kautokeino", 2017, "2011", 1},
		{"Guovdageaidnu", 2017, "2011", 1},
		{"karasjok", 2017, "2021", 1},
		{"Kárášjohka", 2017, "2021", 1},
		{"karasjohka", 2017, "2021", 1},
		{"tromso", 2017, "1902", 1},
		{"Aal", 2017, "0619", 0},
		{"våler", 2017, "0137", 3},
		{"hå", 2017, "1119", 0},
		{"", 2017, "", 0},
	}
	for _, tt := range tests {
		got := SearchByName(tt.text, tt.year)
		if tt.want == "" {
			if len(got) != 0 {
				t.Errorf("%q: got %v", tt.text, got)
			}
			continue
		}
		if len(got) == 0 || got[0].Number != tt.want || tt.n > 0 && len(got) != tt.n {
			t.Errorf("%q: got %v, want %s first of %d", tt.text, got, tt.want, tt.n)
		}
	}
}

func TestNamesAreInTheTables(t *testing.T) {
	for _, names := range tables().names {
		if len(SearchByName(names[0], 2017))+len(SearchByName(names[0], 2020)) == 0 {
			t.Errorf("no municipality is called %q", names[0])
		}
	}
}

func TestPack(t *testing.T) {
	p := PackFor(2017)
	if p.MaxHoursWeek != 168 || p.FirstServiceYear != 1980 || p.LongStay != 21 || p.StatChangeShare != 0.25 || p.AgeSlackYears != 1 {
		t.Errorf("limits: %+v", p)
	}
	if p.Version != "2017.1" || p.AssessedUpTo != 17 {
		t.Errorf("version %q, assessed up to %d", p.Version, p.AssessedUpTo)
	}
	for code, want := range map[int]bool{0: false, 1: true, 10: true, 12: true, 16: true, 26: true, 27: false, 29: false, 30: false, -1: false, 99: false} {
		if got := p.ServiceValid(code); got != want {
			t.Errorf("service %d: valid %v, want %v", code, got, want)
		}
	}
	for code, want := range map[int]bool{0: false, 1: true, 17: true, 18: true, 19: false, 20: false, 21: false} {
		if got := p.FunctionValid(code); got != want {
			t.Errorf("function %d: valid %v, want %v", code, got, want)
		}
	}
	if p19 := PackFor(2019); p19.ServiceValid(12) || !p19.ServiceValid(29) || !p19.FunctionValid(20) {
		t.Error("the codes of 2019 are wrong")
	}
	groups := map[Group]int{}
	for _, s := range Services() {
		groups[s.Group]++
	}
	if groups[Required] != 13 || groups[Forbidden] != 4 || groups[Optional] != 6 || groups[Unspecified] != 6 {
		t.Errorf("groups: %v", groups)
	}
}

func TestCampaign(t *testing.T) {
	c := CampaignFor(2017)
	want := Campaign{
		Year: 2017, Published: true, KeyFrom: 20171201, WindowFrom: 20180102, WindowTo: 20180115,
		FeedbackWeek: 6, FiguresOn: 20180315, CorrectionsBy: 20180321, CorrectedFiguresOn: 20180615,
	}
	if c != want {
		t.Errorf("got %+v", c)
	}
	if c := CampaignFor(2018); c.Published || c.WindowTo != 20190115 || c.KeyFrom != 20181201 {
		t.Errorf("2018: %+v", c)
	}
	if got := c.FeedbackFrom(); got != 20180205 {
		t.Errorf("feedback from %d", got)
	}
}

func TestDistricts(t *testing.T) {
	if n := len(Districts("0301", 2017)); n != 17 {
		t.Errorf("Oslo has %d districts in the table", n)
	}
	if n := len(Districts("1601", 2018)); n != 0 {
		t.Errorf("1601 has %d districts in 2018", n)
	}
}
