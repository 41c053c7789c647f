package config_test

import (
	"errors"
	"testing"

	"iplos/internal/config"
	"iplos/internal/fault"
)

// With leave to translate, a municipality is known by the number it reports
// under too, and everything goes by that number.
func TestTranslatedMunicipality(t *testing.T) {
	path := write(t, `translate_municipality: true
municipalities:
  - municipality: 5001
    organisation_number: 942110464
  - municipality: 5054
    organisation_number: 944305483
`)
	for _, tc := range []struct{ flag, year, reports, set, org string }{
		{"5001", "2017", "1601", "5001", "942110464"},
		{"1601", "2017", "1601", "1601", "942110464"},
		{"5001", "2018", "5001", "5001", "942110464"},
		{"5054", "2017", "5054", "5054", "944305483"}, // two numbers then: no one answer
	} {
		c, err := config.Load(config.Options{Path: path, Flags: map[string]string{"municipality": tc.flag, "year": tc.year}})
		if err != nil || c.Municipality != tc.reports || c.MunicipalitySet != tc.set || c.OrganisationNumber != tc.org {
			t.Errorf("%s in %s: %+v, %v", tc.flag, tc.year, c, err)
		}
	}
	_, err := config.Load(config.Options{Path: path, Flags: map[string]string{"municipality": "1624"}})
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.ID != "config.not-in-list" {
		t.Errorf("one of a merger's numbers: %v", err)
	}
	c, err := config.Load(config.Options{Path: write(t, "municipality: 5001\n")})
	if err != nil || c.Municipality != "5001" || c.Translated() {
		t.Errorf("translated without leave: %+v, %v", c, err)
	}
	if err := c.Put("municipality", "0403"); err != nil || c.Municipality != "0403" || c.MunicipalitySet != "0403" {
		t.Errorf("%+v, %v", c, err)
	}
}
