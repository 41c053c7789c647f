package report

import (
	"encoding/csv"
	"strings"
	"testing"

	"iplos/internal/finding"
	"iplos/internal/ui/lang"
)

// readCSV reads what a spreadsheet would.
func readCSV(t *testing.T, out string) [][]string {
	t.Helper()
	text, ok := strings.CutPrefix(out, "\xef\xbb\xbf")
	if !ok {
		t.Fatal("no byte order mark")
	}
	if strings.Count(text, "\n") != strings.Count(text, "\r\n") {
		t.Error("lines do not end in CRLF")
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestCSVHasEveryFinding(t *testing.T) {
	for limit, want := range map[int]int{0: 93, 7: 7} {
		r := sample()
		r.Limits.MaxFindings = limit
		rows := readCSV(t, render(t, format(t, "csv"), r, lang.Bokmal))
		n, cut := 0, false
		for _, row := range rows[1:] {
			switch row[0] {
			case "Funn":
				n++
			case "Opplysning":
				cut = cut || strings.Contains(row[4], "Vist 7 av 93 funn")
			default:
				t.Errorf("a row of kind %q", row[0])
			}
		}
		if n != want || cut != (limit > 0) {
			t.Errorf("limit %d: %d rows, want %d; says it is cut: %v", limit, n, want, cut)
		}
	}
}

// No cell begins as a formula does, whatever the file holds.
func TestCSVHoldsNoFormula(t *testing.T) {
	for _, bad := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u00a0=1", "＝1", "＋1", "－1", "＠x", "\"=1", "a;=1\n=2"} {
		l := &finding.Log{}
		l.Add(&finding.Finding{Rule: "R", Person: bad, Row: bad, Field: bad, Class: bad, Message: "none.such"})
		r := &Report{
			Findings: l, Input: finding.Input{Path: bad}, Overrides: []Override{{Rule: "R", Reason: bad}},
			Identity: func(string) string { return bad }, Account: []AccountLine{{Text: bad}},
			Failure: &Failure{Message: bad},
		}
		rows := readCSV(t, render(t, format(t, "csv"), r, lang.Bokmal))
		for _, row := range rows {
			if len(row) != len(rows[0]) {
				t.Errorf("%q: a row of %d cells", bad, len(row))
			}
			for _, cell := range row {
				if strings.IndexAny(strings.TrimLeft(cell, " \t\r\n\u00a0"), "=+-@＝＋－＠") == 0 {
					t.Errorf("%q: the cell %q is a formula", bad, cell)
				}
			}
		}
	}
}

func TestGroupedIdentity(t *testing.T) {
	for in, want := range map[string]string{"01819912345": "018199 12345", "201012345678": "201012 345678", "x": "x", "": ""} {
		if got := grouped(in); got != want {
			t.Errorf("%q is written %q, want %q", in, got, want)
		}
	}
}
