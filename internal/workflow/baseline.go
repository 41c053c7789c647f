package workflow

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"iplos/internal/atomicfile"
	"iplos/internal/fault"
	"iplos/internal/finding"
	"iplos/internal/journal"
	"iplos/internal/register"
)

// baseline is the run before, and where this one's is kept: a file the user
// names, or the journal's folder.
type baseline struct {
	run  *Run
	file string
	// earlier is nil on the first night, made where nothing is kept.
	earlier *finding.Baseline
	made    *finding.Baseline
	// other is a file of an earlier data year: its totals are compared with,
	// its findings are not, and it is not replaced.
	other *finding.Baseline
}

// reference is the totals that a file's are compared with, and their data
// year.
type reference struct {
	totals *finding.Totals
	year   int
}

// loadBaseline reads what the last run kept.
func (r *Run) loadBaseline(file string) (*baseline, error) {
	b := &baseline{run: r, file: file}
	f, err := b.open()
	if err != nil || f == nil {
		return b, err
	}
	defer f.Close() //nolint:errcheck // only read from
	if b.earlier, err = finding.ReadBaseline(f); err != nil && file == "" {
		// What the journal kept is nobody's to repair: this is a first night.
		b.earlier = nil
		r.Person.Warn("baseline.unreadable", "file", f.Name())
		return b, nil
	} else if err != nil {
		return nil, fault.Wrap(err, fault.Usage, "baseline.unreadable", "file", file)
	}
	a, c := b.earlier.About, r.Config
	same := c.Municipality == "" || a.Municipality == c.Municipality || numberIn(a.Municipality, c.Year) == c.Municipality
	if !same || a.Year > c.Year || a.District != c.District {
		return nil, fault.New(fault.Usage, "baseline.other", "file", b.name(), "municipality", a.Municipality, "district", a.District, "year", a.Year)
	}
	if a.Year == c.Year {
		return b, nil
	}
	nights, err := r.loadBaseline("")
	if err != nil {
		return nil, err
	}
	nights.other = b.earlier
	return nights, nil
}

// numberIn returns what the municipality was called in the year, the number
// itself where there is no one answer.
func numberIn(number string, year int) string {
	if in, _ := register.NumberIn(number, year); len(in) == 1 {
		return in[0].Number
	}
	return number
}

// open returns nil where nothing has been kept.
func (b *baseline) open() (*os.File, error) {
	if b.file == "" {
		c := b.run.Config
		if c.Municipality == "" {
			return nil, nil
		}
		return journal.Baseline(c.StateDir, c.Municipality, c.Year, c.District)
	}
	f, err := os.Open(b.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return f, err
}

// kept tells whether this run's findings are kept for the next.
func (b *baseline) kept() bool { return b.file != "" || b.run.Config.Municipality != "" }

func (b *baseline) name() string {
	if b.file == "" {
		return b.run.folder()
	}
	return b.file
}

// reference are the totals that this run's are compared with: those of a file
// of an earlier year that the user gave, else of last year's submission, else
// of the run before.
func (b *baseline) reference() reference {
	if b.other != nil {
		return reference{b.other.Totals, b.other.About.Year}
	}
	if t := b.run.lastYear(); t != nil {
		return reference{t, b.run.Config.Year - 1}
	}
	if b.earlier != nil {
		return reference{b.earlier.Totals, b.run.Config.Year}
	}
	return reference{}
}

// lastYear returns the totals of the year before from the journal, nil where
// there are none: those that were sent, else those checked last. The
// municipality may have had another number then, and its journal with it.
func (r *Run) lastYear() *finding.Totals {
	c := r.Config
	if c.Municipality == "" {
		return nil
	}
	for _, number := range []string{c.Municipality, numberIn(c.Municipality, c.Year-1)} {
		view, err := journal.Read(c.StateDir, number)
		if err != nil {
			continue // the run says so when it comes to write the journal
		}
		if t := view.LastTotals(c.Year-1, c.District); t != nil {
			return t
		}
	}
	return nil
}

// reference is what a file that is sealed or rehearsed is compared with: the
// same as when it is checked.
func (r *Run) reference() (reference, error) {
	b, err := r.loadBaseline("")
	if err != nil {
		return reference{}, err
	}
	return b.reference(), nil
}

// compare makes this run's baseline and sets it beside the earlier one. It
// returns the counts of new findings, nil on the first night and where there
// are too many to compare. Of a file that could not be read to its end nothing
// is compared or kept: what was not read would count as put right, and
// everything would look new the night after.
func (b *baseline) compare(in *Inspection) (*finding.Comparison, *finding.Summary) {
	if !b.kept() || unreadable(in) || b.run.tooMany(in) {
		return nil, nil
	}
	b.made = finding.NewBaseline(b.earlier)
	b.made.Reserve(in.Summary().ByRule)
	b.made.About = finding.About{
		Municipality: in.Municipality, District: in.District, Year: in.Year, RulePack: in.RulePack, Made: b.run.Now(),
	}
	b.made.Totals = in.Totals
	for f := range in.Findings.All() {
		b.made.Add(f)
	}
	if b.earlier == nil {
		return nil, nil
	}
	c := b.made.Compare(b.earlier, b.earlier.About.Made.In(journal.Oslo()).Format(time.RFC3339))
	fresh := &finding.Summary{}
	for f := range in.Findings.All() {
		if c.IsNew(f) {
			fresh.Add(f)
		}
	}
	return c, fresh
}

// save keeps this run's findings for the next night.
func (b *baseline) save(in *Inspection, j *journal.Journal) error {
	if b.made == nil {
		return nil
	}
	if b.file != "" {
		if err := os.MkdirAll(filepath.Dir(b.file), 0o700); err != nil {
			return err
		}
		return atomicfile.Write(b.file, atomicfile.Options{Force: true}, b.made.Write)
	}
	if j == nil {
		return nil
	}
	return j.SaveBaseline(in.Year, in.District, b.made.Write)
}
