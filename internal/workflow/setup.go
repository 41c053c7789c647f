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
	// Flag names the flag of a key, for complaints about it.
	Flag func(key string) string
	// Year is the data year the municipality number is for.
	Year int
	// Doc gives the comment of a key, "" for the whole file.
	Doc func(key string) string

	// asking is set while the value at hand is an answer, not a flag's.
	asking bool
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
	// not is the zone in which it is not asked.
	not Zone
}

func questions() []question {
	return []question{
		{key: "municipality", id: "init.ask.municipality", check: (*Setup).municipality},
		{key: "organisation_number", id: "init.ask.organisation-number", check: (*Setup).organisationNumber},
		{key: "contact.email", id: "init.ask.email"},
		{key: "contact.phone", id: "init.ask.phone"},
		{key: "zone", id: "init.ask.zone", check: (*Setup).zone},
		{key: "export", id: "init.ask.export", not: Outside},
		{key: "pin_file", id: "init.ask.pin-file", not: Outside},
		{key: "vault", id: "init.ask.vault", not: Outside},
		{key: "filsluse.username", id: "init.ask.username", not: Secure},
	}
}

// Setup writes the configuration: a new commented file, or an old one with
// only what was named or answered changed. Nothing is written that could not
// be read back.
func (r *Run) Setup(ctx context.Context, s Setup) (*SetupResult, error) {
	old, err := os.ReadFile(s.File)
	fresh := errors.Is(err, fs.ErrNotExist)
	if err != nil && !fresh {
		return nil, fault.Wrap(err, fault.Usage, "config.unreadable", "file", s.File)
	}
	if r.Person.Interactive() {
		r.Person.Note("init.intro")
	}
	for _, q := range questions() {
		if q.not != "" && string(q.not) == r.zoneOf(&s) {
			continue
		}
		if err := r.ask(ctx, &s, q); err != nil {
			return nil, err
		}
	}
	for key, value := range s.Set {
		if s.Set[key], err = s.checked(key, value); err != nil {
			return nil, err
		}
	}
	if fresh && s.Set["municipality"] == "" {
		return nil, fault.New(fault.Usage, "init.municipality-missing")
	}
	if len(s.Set) == 0 && r.Person.Interactive() {
		return &SetupResult{File: s.File, Municipality: r.Config.Municipality, Changed: []string{}}, nil
	}
	if len(s.Set) == 0 {
		return nil, fault.New(fault.Usage, "init.nothing")
	}
	return r.writeSetup(s, old, fresh)
}

// ask settles one question: with the flag's value, or with an answer that is
// right.
func (r *Run) ask(ctx context.Context, s *Setup, q question) error {
	if answer, given := s.Set[q.key]; given {
		return r.settle(s, q, answer)
	}
	for r.Person.Interactive() {
		known := r.Config.Value(q.key)
		answer, err := r.Person.Ask(ctx, known, q.id)
		if err != nil || answer == "" || answer == known {
			return err
		}
		s.asking = true
		err = r.settle(s, q, answer)
		s.asking = false
		f, isFault := errors.AsType[*fault.Error](err)
		if !isFault {
			return err
		}
		r.Person.Warn(f.ID, f.Args...)
		r.Person.Note(f.ID+".hint", f.Args...)
	}
	return nil
}

// zoneOf is the zone answered or configured.
func (r *Run) zoneOf(s *Setup) string {
	if zone, ok := s.Set["zone"]; ok {
		return zone
	}
	return r.Config.Zone
}

func (r *Run) settle(s *Setup, q question, answer string) error {
	value := answer
	if q.check != nil {
		var err error
		if value, err = q.check(s, answer); err != nil {
			return err
		}
	}
	value, err := s.checked(q.key, value)
	if err != nil {
		return err
	}
	s.Set[q.key] = value
	switch q.key {
	case "municipality":
		m, _ := register.InYear(value, s.Year)
		r.Person.Note("init.municipality-is", "number", value, "name", m.Name, "year", s.Year)
	case "export", "pin_file":
		if _, err := os.Stat(value); err != nil {
			r.Person.Note("init.not-there", "file", value)
		}
	}
	return nil
}

// checked returns the value as it is written to the file. A relative path is
// relative to where the user stands, and in the file to the file.
func (s *Setup) checked(key, value string) (string, error) {
	origin := config.Origin{Kind: "flag", Name: s.Flag(key)}
	if s.asking {
		origin = config.Origin{Kind: "answer", Name: "iplos init"}
	}
	if err := config.Check(key, value, origin); err != nil {
		return "", err
	}
	if k, _ := config.Find(key); k.Kind == config.Path && value != "" {
		return filepath.Abs(value)
	}
	return value, nil
}

// municipality takes a number or a name of the data year.
func (s *Setup) municipality(answer string) (string, error) {
	if _, ok := register.InYear(answer, s.Year); ok {
		return answer, nil
	}
	if _, known := register.Known(answer); known {
		return "", s.otherYear(answer)
	}
	if found := register.ByName(answer, s.Year); len(found) == 1 {
		return found[0].Number, nil
	} else if len(found) > 1 {
		return "", fault.New(fault.Usage, "init.municipality-several", "text", answer, "found", listed(found))
	}
	if found := register.SearchByName(answer, s.Year); len(found) > 0 {
		return "", fault.New(fault.Usage, "init.municipality-likely", "text", answer, "year", s.Year, "found", listed(found))
	}
	return "", fault.New(fault.Usage, "init.municipality-unknown", "text", answer, "year", s.Year)
}

// otherYear says what a number of another year was in the data year.
func (s *Setup) otherYear(number string) error {
	right, _ := register.NumberIn(number, s.Year)
	if len(right) == 0 {
		return fault.New(fault.Usage, "init.municipality-unknown", "text", number, "year", s.Year)
	}
	return fault.New(fault.Usage, "init.municipality-year", "number", number, "year", s.Year, "right", listed(right))
}

// listed writes municipalities as "0403 Hamar, 0412 Ringsaker", no more than a
// screen takes.
func listed(municipalities []register.Municipality) string {
	var names []string
	for _, m := range municipalities {
		names = append(names, m.Number+" "+m.Name)
	}
	if len(names) > 8 {
		names = append(names[:8], "…")
	}
	return strings.Join(names, ", ")
}

// zone takes the zone's name, or the words a person has for it.
func (s *Setup) zone(answer string) (string, error) {
	switch strings.ToLower(answer) {
	case "secure", "s", "sikker", "sikker sone":
		return string(Secure), nil
	case "outside", "o", "u", "utenfor", "utanfor":
		return string(Outside), nil
	default:
		return "", fault.New(fault.Usage, "init.zone", "value", answer)
	}
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
		if s.Set["municipality"] == "" && len(r.Config.Listed) > 0 && s.ownKey() {
			return nil, r.Config.Require("municipality")
		}
		data, err = config.Edit(s.File, old, s.Set)
	}
	if err != nil {
		return nil, err
	}
	c, err := config.Parse(s.File, data, config.Options{Flags: chosenMunicipality(s.Set)})
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(s.File), 0o700); err != nil {
		return nil, err
	}
	if err := atomicfile.WriteFile(s.File, data, atomicfile.Options{Force: true}); err != nil {
		return nil, err
	}
	result := &SetupResult{File: s.File, Municipality: c.Municipality, Changed: []string{}}
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

// ownKey tells whether something is set that belongs to one municipality.
func (s *Setup) ownKey() bool {
	for key := range s.Set {
		if k, _ := config.Find(key); k.Own {
			return true
		}
	}
	return false
}

func chosenMunicipality(set map[string]string) map[string]string {
	if m := set["municipality"]; m != "" {
		return map[string]string{"municipality": m}
	}
	return nil
}
