package workflow

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"iplos/internal/atomicfile"
	"iplos/internal/config"
	"iplos/internal/fault"
	"iplos/internal/ident"
	"iplos/internal/register"
)

// Setup is what `init` knows and does.
type Setup struct {
	// File is the configuration to write.
	File string
	// Set are the keys given by flag.
	Set map[string]string
	// Year is the data year the municipality number is for.
	Year int
	// Doc gives the comment of a key, "" for the whole file.
	Doc func(key string) string
}

// SetupResult is what Setup wrote.
type SetupResult struct {
	File         string   `json:"file"`
	Changed      []string `json:"changed"`
	Municipality string   `json:"municipality"`
	Name         string   `json:"municipality_name"`
}

// question is one thing `init` asks for.
type question struct {
	key, id string
	check   func(s *Setup, answer string) (string, error)
}

func questions() []question {
	return []question{
		{"municipality", "init.ask.municipality", (*Setup).municipality},
		{"organisation_number", "init.ask.organisation-number", (*Setup).organisationNumber},
		{"contact.email", "init.ask.email", nil},
		{"contact.phone", "init.ask.phone", nil},
		{"export", "init.ask.export", nil},
	}
}

// Setup writes the configuration: a new commented file, or an old one with
// only what was named or answered changed.
func (r *Run) Setup(ctx context.Context, s Setup) (*SetupResult, error) {
	old, err := os.ReadFile(s.File)
	fresh := errors.Is(err, fs.ErrNotExist)
	if err != nil && !fresh {
		return nil, fault.Wrap(err, fault.Usage, "config.unreadable", "file", s.File)
	}
	for _, q := range questions() {
		if err := r.ask(ctx, &s, q); err != nil {
			return nil, err
		}
	}
	if fresh && s.Set["municipality"] == "" {
		return nil, fault.New(fault.Usage, "init.municipality-missing")
	}
	if len(s.Set) == 0 {
		return nil, fault.New(fault.Usage, "init.nothing")
	}
	return r.writeSetup(s, old, fresh)
}

func (r *Run) ask(ctx context.Context, s *Setup, q question) error {
	answer, given := s.Set[q.key]
	for {
		if !given {
			if !r.Person.Interactive() {
				return nil
			}
			var err error
			if answer, err = r.Person.Ask(ctx, r.Config.Value(q.key), q.id); err != nil {
				return err
			}
			if answer == "" || answer == r.Config.Value(q.key) {
				return nil
			}
		}
		if q.check == nil {
			s.Set[q.key] = answer
			return nil
		}
		value, err := q.check(s, answer)
		if err == nil {
			s.Set[q.key] = value
			if q.key == "municipality" {
				m, _ := register.InYear(value, s.Year)
				r.Person.Note("init.municipality-is", "number", value, "name", m.Name, "year", s.Year)
			}
			return nil
		}
		f, isFault := errors.AsType[*fault.Error](err)
		if given || !isFault {
			return err
		}
		r.Person.Warn(f.ID, f.Args...)
	}
}

// municipality takes a number or a name of the data year.
func (s *Setup) municipality(answer string) (string, error) {
	if _, ok := register.InYear(answer, s.Year); ok {
		return answer, nil
	}
	if _, known := register.Known(answer); known {
		var right []string
		numbers, _ := register.NumberIn(answer, s.Year)
		for _, m := range numbers {
			right = append(right, m.Number+" "+m.Name)
		}
		return "", fault.New(fault.Usage, "init.municipality-year", "number", answer, "year", s.Year, "right", strings.Join(right, ", "))
	}
	found := register.SearchByName(answer, s.Year)
	if len(found) == 1 || len(found) > 1 && strings.EqualFold(found[0].Name, answer) && !strings.EqualFold(found[1].Name, answer) {
		return found[0].Number, nil
	}
	var names []string
	for _, m := range found {
		names = append(names, m.Number+" "+m.Name)
	}
	if len(names) > 8 {
		names = append(names[:8], "…")
	}
	if len(names) > 0 {
		return "", fault.New(fault.Usage, "init.municipality-several", "text", answer, "found", strings.Join(names, ", "))
	}
	return "", fault.New(fault.Usage, "init.municipality-unknown", "text", answer, "year", s.Year)
}

func (s *Setup) organisationNumber(answer string) (string, error) {
	digits := strings.ReplaceAll(strings.ReplaceAll(answer, " ", ""), "\u00a0", "")
	if !ident.ValidOrgnr([]byte(digits)) {
		return "", fault.New(fault.Usage, "init.organisation-number", "value", answer)
	}
	return digits, nil
}

func (r *Run) writeSetup(s Setup, old []byte, fresh bool) (*SetupResult, error) {
	data, err := config.New(s.Set, s.Doc), error(nil)
	if !fresh {
		if s.Set["municipality"] == "" && len(r.Config.Listed) > 0 {
			s.Set["municipality"] = r.Config.Municipality
		}
		data, err = config.Edit(s.File, old, s.Set)
	}
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(s.File), 0o700); err != nil {
		return nil, err
	}
	if err := atomicfile.WriteFile(s.File, data, atomicfile.Options{Force: true}); err != nil {
		return nil, err
	}
	c, err := config.Load(config.Options{Path: s.File, Flags: chosenMunicipality(s.Set)})
	if err != nil {
		return nil, err
	}
	result := &SetupResult{File: s.File, Municipality: c.Municipality}
	if m, ok := register.InYear(c.Municipality, s.Year); ok {
		result.Name = m.Name
	}
	for _, k := range config.Keys() {
		if _, ok := s.Set[k.Name]; ok {
			result.Changed = append(result.Changed, k.Name)
		}
	}
	return result, nil
}

func chosenMunicipality(set map[string]string) map[string]string {
	if m := set["municipality"]; m != "" {
		return map[string]string{"municipality": m}
	}
	return nil
}
