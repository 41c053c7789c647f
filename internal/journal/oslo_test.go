package journal

import (
	"testing"
	"time"
	_ "time/tzdata" // every zone, for where the system has none
)

// Norwegian time is what the whole tz database says, hour by hour around
// every change of the clock and day by day between.
func TestOsloIsTheDatabase(t *testing.T) {
	want, err := time.LoadLocation("Europe/Oslo")
	if err != nil {
		t.Fatal(err)
	}
	got, changes := Oslo(), 0
	_, before := time.Date(2016, 1, 1, 0, 0, 0, 0, want).Zone()
	for at := time.Date(2016, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2060; at = at.Add(time.Hour) {
		name, offset := at.In(want).Zone()
		if n, o := at.In(got).Zone(); n != name || o != offset {
			t.Fatalf("%v: %s %d, want %s %d", at, n, o, name, offset)
		}
		if offset != before {
			changes++
		}
		before = offset
	}
	if changes != 2*44 || got.String() != "Europe/Oslo" {
		t.Errorf("%d changes of the clock in %s", changes, got)
	}
}
