package journal

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"iplos/internal/atomicfile"
)

// keptBaselines is how many nights of baselines are kept for each data year.
const keptBaselines = 14

// SaveBaseline keeps the figures and hashes of a run, for the next night to
// compare with, and throws the oldest away. The files are numbered, so that a
// clock that is set back changes nothing; the journal's lock keeps two runs
// from taking the same number. The data hold no identity: hashes
// of rule, person and row, and counts.
func (j *Journal) SaveBaseline(year int, district string, write func(io.Writer) error) error {
	dir := filepath.Join(j.dir, "baselines")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("making the baseline folder: %w", err)
	}
	prefix := baselinePrefix(year, district)
	names, err := baselines(dir, prefix)
	if err != nil {
		return err
	}
	last := 0
	if len(names) > 0 {
		last = baselineNumber(names[len(names)-1], prefix)
	}
	name := fmt.Sprintf("%s%06d.json", prefix, last+1)
	if err := atomicfile.Write(filepath.Join(dir, name), atomicfile.Options{}, write); err != nil {
		return err
	}
	names = append(names, name)
	for _, old := range names[:max(0, len(names)-keptBaselines)] {
		err = errors.Join(err, os.Remove(filepath.Join(dir, old)))
	}
	return err
}

// SaveFindings keeps what a submission's findings are remembered by, until
// its feedback comes. It says as little as a baseline does.
func (j *Journal) SaveFindings(submission string, write func(io.Writer) error) error {
	if err := os.MkdirAll(filepath.Join(j.dir, findingsFolder), 0o700); err != nil {
		return fmt.Errorf("making the findings folder: %w", err)
	}
	return atomicfile.Write(filepath.Join(j.dir, findingsFolder, submission+".json"), atomicfile.Options{}, write)
}

// Findings opens what SaveFindings kept; nil when there is nothing.
func Findings(stateDir, municipality, submission string) (*os.File, error) {
	f, err := os.Open(filepath.Join(Dir(stateDir, municipality), findingsFolder, submission+".json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return f, err
}

const findingsFolder = "findings"

// Baseline opens what the last SaveBaseline of a data year and district kept;
// nil when there is none.
func Baseline(stateDir, municipality string, year int, district string) (*os.File, error) {
	dir := filepath.Join(Dir(stateDir, municipality), "baselines")
	names, err := baselines(dir, baselinePrefix(year, district))
	if err != nil || len(names) == 0 {
		return nil, err
	}
	return os.Open(filepath.Join(dir, names[len(names)-1]))
}

func baselinePrefix(year int, district string) string { return fmt.Sprintf("%d-%s-", year, district) }

// baselineNumber returns a file's number, 0 for a name that has none.
func baselineNumber(name, prefix string) int {
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(name, prefix), ".json"))
	if err != nil {
		return 0
	}
	return n
}

// baselines returns the names with the prefix, the oldest first.
func baselines(dir, prefix string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the baseline folder: %w", err)
	}
	var names []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), prefix) && strings.HasSuffix(e.Name(), ".json") {
			names = append(names, e.Name())
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(baselineNumber(a, prefix), baselineNumber(b, prefix)), cmp.Compare(a, b))
	})
	return names, nil
}
