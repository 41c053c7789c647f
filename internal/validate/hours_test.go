package validate_test

import (
	"strings"
	"testing"

	"iplos/internal/finding"
	"iplos/internal/ui/lang"
)

// TestHoursAreShownInTheReadersLanguage: the message has a point, Norwegian a
// comma.
func TestHoursAreShownInTheReadersLanguage(t *testing.T) {
	f := readFixture(t, "testdata/rules/SRV-HOURS.bad.xml")
	found, _ := validateText(t, f.text, f.options)
	shown := 0
	for i := range found {
		if found[i].Rule != "SRV-HOURS" {
			continue
		}
		for l, mark := range map[lang.Lang]string{lang.Bokmal: ",", lang.Nynorsk: ",", lang.English: "."} {
			text := render(lang.New(l), &found[i])
			for _, a := range found[i].Args {
				if n, ok := a.(finding.Hundredths); ok {
					shown++
					if want := decimal(n, mark); !strings.Contains(text, want) {
						t.Errorf("%s lacks %s: %s", l, want, text)
					}
				}
			}
		}
	}
	if shown == 0 {
		t.Error("no finding shows hours")
	}
}

func decimal(n finding.Hundredths, mark string) string {
	_, args := n.CatalogTexts()
	return args[1].(string) + mark + args[3].(string)
}

func TestHundredths(t *testing.T) {
	for n, want := range map[finding.Hundredths]string{0: "0,00", 7: "0,07", 17000: "170,00", -50: "-0,50", -1234: "-12,34"} {
		if got := decimal(n, ","); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
		if got := lang.New(lang.Bokmal).T("rule.SRV-HOURS.message.negative", "hours", n, "code", 1, "service", "x", "place", finding.Place("")); !strings.Contains(got, ": "+want+".") {
			t.Errorf("%d: %s", n, got)
		}
	}
}
