package report

import (
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"

	"iplos/internal/finding"
	"iplos/internal/ui/lang"
)

// lost is a store that takes findings and does not give them back.
type lost struct{}

var errLost = errors.New("the disk is gone")

func (lost) Append([]byte) (int64, error) { return 0, nil }

func (lost) Read([]byte, int64, int) ([]byte, error) { return nil, errLost }

// A report that lacks findings because they could not be read again is not
// passed off as one that has them all.
func TestFindingsThatAreLost(t *testing.T) {
	for _, f := range Formats() {
		l := finding.NewLog(lost{})
		for i := range 20_000 {
			l.Add(&finding.Finding{Rule: "R", Person: strings.Repeat("p", 1000) + strconv.Itoa(i)})
		}
		r := &Report{Findings: l, Limits: Limits{MaxFindings: 1 << 30}}
		if err := f.Write(io.Discard, r, lang.New(lang.Bokmal)); !errors.Is(err, errLost) {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}
