package workflow

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"iplos/internal/fault"
	"iplos/internal/finding"
	"iplos/internal/journal"
)

// baseline is the run before, and where this one's is kept: a file the user
// names, or the journal's folder.
type baseline struct {
	run  *Run
	file string
	// earlier is nil on the first night.
	earlier *finding.Baseline
	made    *finding.Baseline
}

// loadBaseline reads what the last run kept.
func (r *Run) loadBaseline(file string) (*baseline, error) {
	b := &baseline{run: r, file: file}
	data, err := b.read()
	if err != nil || data == nil {
		return b, err
	}
	if b.earlier, err = finding.ReadBaseline(bytes.NewReader(data)); err != nil {
		return nil, fault.Wrap(err, fault.Usage, "baseline.unreadable", "file", b.name())
	}
	a, c := b.earlier.About, r.Config
	if c.Municipality != "" && a.Municipality != c.Municipality || a.Year != c.Year || a.District != c.District {
		return nil, fault.New(fault.Usage, "baseline.other", "file", b.name(), "municipality", a.Municipality, "district", a.District, "year", a.Year)
	}
	return b, nil
}

func (b *baseline) read() ([]byte, error) {
	if b.file == "" {
		if b.run.Config.Municipality == "" {
			return nil, nil
		}
		c := b.run.Config
		return journal.Baseline(c.StateDir, c.Municipality, c.Year, c.District)
	}
	data, err := os.ReadFile(b.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return data, err
}

func (b *baseline) name() string {
	if b.file == "" {
		return b.run.folder()
	}
	return b.file
}

// previous are the totals that this run's are compared with: the baseline's,
// else those of last year's submission.
func (b *baseline) previous() *finding.Totals {
	if b.earlier != nil {
		return b.earlier.Totals
	}
	if b.run.Config.Municipality == "" {
		return nil
	}
	view, err := b.run.readJournal()
	if err != nil {
		return nil // the run says so when it comes to write the journal
	}
	return b.run.lastTotals(view)
}

// compare makes this run's baseline and sets it beside the earlier one. It
// returns the counts of new findings, nil on the first night.
func (b *baseline) compare(in *Inspection) (*finding.Comparison, *finding.Summary) {
	b.made = finding.NewBaseline(b.earlier)
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

// save keeps this run's findings for the next night. Those of a file that
// could not be read to its end would make everything look new after it.
func (b *baseline) save(in *Inspection, j *journal.Journal) error {
	if unreadable(in) {
		return nil
	}
	var data bytes.Buffer
	if err := b.made.Write(&data); err != nil {
		return err
	}
	if b.file != "" {
		if err := os.MkdirAll(filepath.Dir(b.file), 0o700); err != nil {
			return err
		}
		return writeWhole(b.file, true, func(w io.Writer) error {
			_, err := w.Write(data.Bytes())
			return err
		})
	}
	if j == nil {
		return nil
	}
	return j.SaveBaseline(in.Year, in.District, data.Bytes())
}
