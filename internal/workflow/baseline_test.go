package workflow_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"iplos/internal/fault"
	"iplos/internal/finding"
	"iplos/internal/report"
	"iplos/internal/ui/lang"
	"iplos/internal/workflow"
)

// night checks an export of so many empty persons, which have 13 findings
// each.
func night(t *testing.T, o *office, persons int) (*report.Report, error) {
	t.Helper()
	text := `<IPLOS versjon="3.3"><INNHINFO><iiInnhType>P</iiInnhType><iiKomnr>0403</iiKomnr><iiBydelsnr>00</iiBydelsnr>` +
		`<iiFraDato>20170101</iiFraDato><iiTilDato>20171231</iiTilDato><iiLagetDato>20180102</iiLagetDato><iiSysID>X</iiSysID>` +
		`<iiSysVersjon>1</iiSysVersjon></INNHINFO>` + strings.Repeat("<PERSON/>", persons) + `</IPLOS>`
	path := filepath.Join(t.TempDir(), "natt.xml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return o.run.Validate(t.Context(), workflow.Source{Path: path}, workflow.ValidateOptions{FailOn: "new", Printer: lang.New(lang.English)})
}

// A file with more findings than are remembered is judged as a whole, and the
// next night is compared with the night before it.
func TestTooManyFindingsToRemember(t *testing.T) {
	o := newOffice(t)
	if _, err := night(t, o, 3); fault.KindOf(err) != fault.Blocked {
		t.Fatalf("the first night: %v", err)
	}
	if _, err := night(t, o, 3); err != nil {
		t.Fatalf("nothing is new: %v", err)
	}
	persons := finding.MaxRemembered/13 + 1
	rep, err := night(t, o, persons)
	if fault.KindOf(err) != fault.Blocked {
		t.Errorf("the big night: %v", err)
	}
	if !slices.Contains(o.person.said, "baseline.too-many") {
		t.Errorf("said %v", o.person.said)
	}
	if rep.Comparison != nil {
		t.Errorf("compared all the same: %+v", rep.Comparison.Total())
	}
	n := 0
	for range rep.Findings.All() {
		n++
	}
	if n != 13*persons || rep.Findings.Len() != n || rep.Findings.Err() != nil {
		t.Errorf("%d findings listed of %d, %v", n, rep.Findings.Len(), rep.Findings.Err())
	}
	if rep, err = night(t, o, 3); err != nil || rep.Comparison.Total() != (finding.Change{Remaining: 39}) {
		t.Errorf("the night after: %v, %+v", err, rep.Comparison)
	}
}

// Without room for what memory does not hold, the run fails and says so.
func TestNoRoomForFindings(t *testing.T) {
	o := newOffice(t)
	for _, name := range []string{"TMPDIR", "TMP"} {
		t.Setenv(name, filepath.Join(o.dir, "borte"))
	}
	_, err := night(t, o, 40_000)
	wantFault(t, err, fault.Usage, "file.spill")
}
