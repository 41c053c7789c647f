package workflow

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"iplos/internal/config"
	"iplos/internal/fault"
	"iplos/internal/secret"
)

// someone answers questions from a list, or is not there.
type someone struct {
	there   bool
	answers []string
	asked   []string
	warned  []string
	noted   []string
}

func (s *someone) Interactive() bool { return s.there }

func (s *someone) Ask(_ context.Context, suggestion, id string, _ ...any) (string, error) {
	s.asked = append(s.asked, id)
	if len(s.answers) == 0 {
		return "", errors.New("asked once too often")
	}
	answer := s.answers[0]
	s.answers = s.answers[1:]
	if answer == "" {
		answer = suggestion
	}
	return answer, nil
}

func (s *someone) Confirm(context.Context, string, ...any) (bool, error) {
	return false, errors.New("nobody confirms")
}

func (s *someone) Secret(context.Context, string, ...any) (secret.Value, error) {
	return secret.Value{}, errors.New("nobody tells")
}
func (s *someone) Note(id string, _ ...any) { s.noted = append(s.noted, id) }
func (s *someone) Warn(id string, _ ...any) { s.warned = append(s.warned, id) }

func setup(t *testing.T, file string, p *someone, set map[string]string) (*SetupResult, error) {
	t.Helper()
	c, err := config.Draft(config.Options{Path: file})
	if err != nil {
		t.Fatal(err)
	}
	r := &Run{Config: c, Person: p}
	if set == nil {
		set = map[string]string{}
	}
	return r.Setup(t.Context(), Setup{
		File: file, Set: set, Year: c.Year,
		Doc: func(key string) string { return "om " + key }, Flag: func(key string) string { return "--" + key },
	})
}

func TestSetupAsksAgainUntilTheAnswerIsRight(t *testing.T) {
	file := filepath.Join(t.TempDir(), "ny mappe", "iplos.yaml")
	p := &someone{there: true, answers: []string{
		"5001", "Våler", "Hammar", "9999", "hamar", // number of another year, two of the name, nearly a name, nothing
		"970540009", "970 540 008", "tull", "a@b.no", "1234", "", "hjemme", "S", "eksport.xml", "", "hvelv",
	}}
	result, err := setup(t, file, p, nil)
	if err != nil {
		t.Fatal(err)
	}
	if result.Municipality != "0403" || result.Name != "Hamar" {
		t.Errorf("%+v", result)
	}
	want := []string{
		"init.municipality-year", "init.municipality-several", "init.municipality-likely", "init.municipality-unknown",
		"init.organisation-number", "config.email", "config.phone", "init.zone",
	}
	noted := []string{"init.intro"}
	for i, id := range want {
		if i == 4 {
			noted = append(noted, "init.municipality-is")
		}
		noted = append(noted, id+".hint")
	}
	noted = append(noted, "init.not-there")
	if !slices.Equal(p.warned, want) || !slices.Equal(p.noted, noted) {
		t.Errorf("warned %v, noted %v", p.warned, p.noted)
	}
	c, err := config.Load(config.Options{Path: file})
	if err != nil || c.OrganisationNumber != "970540008" || c.Contact.Email != "a@b.no" || !filepath.IsAbs(c.Export) || c.Zone != "secure" || !filepath.IsAbs(c.Vault) || c.PINFile != "" {
		t.Errorf("%+v %v", c, err)
	}
	if info, _ := os.Stat(file); info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		t.Errorf("mode %v", info.Mode())
	}
}

// Outside the secure zone nothing is asked that belongs inside.
func TestSetupAsksByZone(t *testing.T) {
	file := filepath.Join(t.TempDir(), "iplos.yaml")
	p := &someone{there: true, answers: []string{"0403", "", "", "", "utenfor", "postmottak@hamar.example.no"}}
	if _, err := setup(t, file, p, nil); err != nil || slices.Contains(p.asked, "init.ask.pin-file") {
		t.Fatalf("%v, asked %v", err, p.asked)
	}
	c, err := config.Load(config.Options{Path: file})
	if err != nil || c.Zone != "outside" || c.Filsluse.Username != "postmottak@hamar.example.no" {
		t.Errorf("%+v %v", c, err)
	}
}

func TestSetupChangesOnlyWhatIsAnswered(t *testing.T) {
	file := filepath.Join(t.TempDir(), "iplos.yaml")
	if _, err := setup(t, file, &someone{}, map[string]string{"municipality": "0403", "contact.email": "a@b.no"}); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	result, err := setup(t, file, &someone{there: true, answers: []string{"", "", "c@d.no", "", "", "", "", "", ""}}, nil)
	if err != nil || !slices.Equal(result.Changed, []string{"contact.email"}) {
		t.Fatalf("%+v %v", result, err)
	}
	after, err := os.ReadFile(file)
	if err != nil || string(after) != strings.Replace(string(before), "a@b.no", "c@d.no", 1) {
		t.Errorf("%v\n%s", err, after)
	}
	result, err = setup(t, file, &someone{there: true, answers: make([]string, 9)}, nil)
	if err != nil || len(result.Changed) != 0 {
		t.Errorf("nothing answered: %+v %v", result, err)
	}
	_, err = setup(t, file, &someone{}, nil)
	assertSetupFault(t, err, "init.nothing")
}

func TestSetupWritesNothingThatIsWrong(t *testing.T) {
	for id, set := range map[string]map[string]string{
		"init.municipality-missing": {"contact.email": "a@b.no"},
		"init.municipality-year":    {"municipality": "5001"},
		"init.municipality-several": {"municipality": "Våler"},
		"init.municipality-likely":  {"municipality": "Hamm"},
		"init.municipality-unknown": {"municipality": "Ingenting"},
		"init.organisation-number":  {"municipality": "0403", "organisation_number": "970540009"},
		"config.email":              {"municipality": "0403", "contact.email": "tull"},
		"init.zone":                 {"municipality": "0403", "zone": "mellom"},
		"config.url":                {"municipality": "0403", "sendemodul.url": "http://x.no/"},
		"config.district":           {"municipality": "0403", "district": "1"},
	} {
		file := filepath.Join(t.TempDir(), "iplos.yaml")
		_, err := setup(t, file, &someone{}, set)
		assertSetupFault(t, err, id)
		if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s left a file: %v", id, err)
		}
	}
}

func TestSetupInAListNeedsToKnowWhich(t *testing.T) {
	file := filepath.Join(t.TempDir(), "iplos.yaml")
	text := "municipalities:\n  - municipality: \"0403\"\n    vault: a\n  - municipality: \"1601\"\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := setup(t, file, &someone{}, map[string]string{"vault": "b"})
	assertSetupFault(t, err, "config.choose")
	if _, err := setup(t, file, &someone{}, map[string]string{"contact.email": "a@b.no"}); err != nil {
		t.Errorf("what they share: %v", err)
	}
	result, err := setup(t, file, &someone{}, map[string]string{"municipality": "Ringsaker", "vault": "b"})
	if err != nil || result.Municipality != "0412" {
		t.Fatalf("%+v %v", result, err)
	}
	for number, want := range map[string]string{"0403": "a", "0412": "b"} {
		c, err := config.Load(config.Options{Path: file, Flags: map[string]string{"municipality": number}})
		if err != nil || filepath.Base(c.Vault) != want {
			t.Errorf("%s: %q %v", number, c.Vault, err)
		}
	}
}

func assertSetupFault(t *testing.T, err error, id string) {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.ID != id || f.Kind != fault.Usage {
		t.Errorf("error %v, want %s", err, id)
	}
}
