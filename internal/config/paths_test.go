package config_test

import (
	"path/filepath"
	"slices"
	"testing"

	"iplos/internal/config"
)

// What a list names for one municipality is known when another is chosen, and
// what a flag puts aside too.
func TestPaths(t *testing.T) {
	file := write(t, `state_dir: tilstand
profile: /felles/profil.yaml
municipalities:
  - municipality: "0403"
    pin_file: hamar/pin.txt
    feedback_password_command: cat pin
    service_places: hamar/steder.csv
  - municipality: "0301"
    vault: oslo/vault
`)
	c, err := config.Load(config.Options{
		Path: file, Environ: []string{"IPLOS_KEY_ROOT_FILE=/rot.pem"},
		Flags: map[string]string{"municipality": "0403", "profile": "/annen.yaml"},
	})
	if err != nil {
		t.Fatal(err)
	}
	in := func(name string) string { return filepath.Join(filepath.Dir(file), filepath.FromSlash(name)) }
	for _, want := range []string{
		file, in("tilstand"), in("hamar/pin.txt"), in("hamar/steder.csv"), in("oslo/vault"),
		"/annen.yaml", "/rot.pem",
	} {
		if !slices.Contains(c.Paths, want) {
			t.Errorf("%s is not in %q", want, c.Paths)
		}
	}
	if i := slices.IndexFunc(c.Paths, func(p string) bool { return filepath.Base(p) == "profil.yaml" }); i < 0 {
		t.Errorf("the profile of the file is not in %q", c.Paths)
	}
	if slices.Contains(c.Paths, in("cat pin")) {
		t.Error("a command is no file")
	}
}
