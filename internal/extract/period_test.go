package extract

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// csvFolder writes tables, given as name and text.
func csvFolder(t testing.TB, tables map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range tables {
		if err := os.WriteFile(filepath.Join(dir, name+".csv"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const persons = "pePeID;peFnr;peAlder;peKjonn;peKomnr;peBydelsnr;peDiagReserv;peFraDato;peEndrDato\n" +
	"1;01810012345;17;M;0403;;2;20160101;20170101\n" +
	"2;02820012345;17;K;0403;01;2;20160101;20170101\n"

func options(dir string) Options {
	return Options{Path: dir, Year: 2017, Municipality: "0403"}
}

// TestPeriodOfServices puts one service beside a person who belongs anyway.
func TestPeriodOfServices(t *testing.T) {
	tests := []struct {
		name, decided, decision, from, to string
		taken                             bool
	}{
		{"whole year", "20161201", "1", "20170101", "20171231", true},
		{"over the year", "20150101", "1", "20150101", "20190101", true},
		{"last day before", "20150101", "1", "20150101", "20161231", false},
		{"ended the first day", "20150101", "1", "20150101", "20170101", true},
		{"begins the last day", "20150101", "1", "20171231", "", true},
		{"begins after", "20161231", "1", "20180101", "", false},
		{"no end", "20100101", "1", "20100101", "", true},
		{"no end, begins after", "20161201", "1", "20180201", "", false},
		{"decided in the year, begins after", "20171220", "1", "20180115", "", true},
		{"refused in the year", "20170601", "2", "", "", true},
		{"refused the year before", "20160601", "2", "", "", false},
		{"refused the year after", "20180105", "2", "", "", false},
		{"granted before, never begun", "20160601", "1", "", "", true},
		{"unreadable from", "20150101", "1", "i fjor", "20180101", true},
		{"unreadable end", "20150101", "1", "20150101", "ukjent", true},
		{"only an end, before", "20150101", "1", "", "20161231", false},
		{"no dates at all", "", "1", "", "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			row := strings.Join([]string{"1", "7", "15", tt.decided, tt.decision, tt.from, tt.to}, ";")
			dir := csvFolder(t, map[string]string{
				"person":   persons,
				"tjeneste": "tjPeID;tjTjID;tjTjenType;tjVedtDato;tjVedtak;tjFraDato;tjTilDato\n" + row + "\n",
			})
			_, a := readText(t, options(dir))
			want := map[string]int{OutsidePeriod: 1}
			if tt.taken {
				want = nil
			}
			if got := a.Classes["TJENESTE"].LeftOut; !maps.Equal(got, want) {
				t.Errorf("left out %v, want %v", got, want)
			}
			wantPersons := map[string]int{OutsidePeriod: 1, NoRows: 1}
			if tt.taken {
				wantPersons = map[string]int{NoRows: 1}
			}
			if got := a.Classes["PERSON"].LeftOut; !maps.Equal(got, wantPersons) {
				t.Errorf("persons left out %v, want %v", got, wantPersons)
			}
		})
	}
}

func TestPeriodOfOtherClasses(t *testing.T) {
	for class, heading := range map[string]string{
		"FUNKSJON":   "fnPeID;fnFraDato;fnTilDato",
		"PERSONOPPL": "poPeID;poFraDato;poTilDato",
		"DIAGNOSE":   "diPeID;diFraDato;diTilDato",
		"DOGNTILBUD": "dgPeID;dgFraDato;dgTilDato",
	} {
		dir := csvFolder(t, map[string]string{
			"person": persons,
			class:    heading + "\n1;20170101;20170201\n1;20160101;20161231\n1;20160101;\n1;20180101;\n1;;20170101\n9;20170101;\n;20170101;\n;;\n",
		})
		_, a := readText(t, options(dir))
		got := a.Classes[class]
		want := map[string]int{OutsidePeriod: 2, NoPerson: 1, NoKey: 1, EmptyRow: 1}
		if got.Read != 8 || got.Taken != 3 || !maps.Equal(got.LeftOut, want) {
			t.Errorf("%s: %+v", class, got)
		}
	}
}

// TestMessageKeepsEverything passes on what lies outside the year.
func TestMessageKeepsEverything(t *testing.T) {
	text := `<?xml version="1.0" encoding="UTF-8"?>
<IPLOS versjon="3.3">
<INNHINFO><iiInnhType>P</iiInnhType><iiKomnr>0403</iiKomnr><iiBydelsnr></iiBydelsnr><iiFraDato>20170101</iiFraDato><iiTilDato>20171231</iiTilDato><iiLagetDato>20180102</iiLagetDato><iiSysID></iiSysID><iiSysVersjon></iiSysVersjon></INNHINFO>
<PERSON pePeID="1"><peFnr>01810012345</peFnr><TJENESTE tjPeID="1" tjTjID="1"><tjVedtDato>20010101</tjVedtDato><tjTilDato>20020101</tjTilDato></TJENESTE></PERSON>
</IPLOS>
`
	got, a := readText(t, Options{Path: writeFile(t, "m.xml", text), Year: 2017})
	if !strings.Contains(got, "<tjTilDato>20020101<") || !strings.Contains(got, "<iiSysID/>") || strings.Contains(got, "peBydelsnr") {
		t.Errorf("got %s", got)
	}
	if c := a.Classes["TJENESTE"]; c.Read != 1 || c.Taken != 1 || len(c.Changed) > 0 {
		t.Errorf("account %+v", c)
	}
}

func TestDistrictIsFilled(t *testing.T) {
	dir := csvFolder(t, map[string]string{
		"person":   persons,
		"funksjon": "fnPeID;fnFraDato\n1;20170101\n2;20170101\n",
	})
	got, a := readText(t, options(dir))
	if !strings.Contains(got, "<iiBydelsnr>00<") || !strings.Contains(got, "<peBydelsnr>00<") || !strings.Contains(got, "<peBydelsnr>01<") {
		t.Errorf("got %s", got)
	}
	if n := a.Classes["PERSON"].Changed[DistrictFilled]; n != 1 {
		t.Errorf("%d districts filled", n)
	}
	if n := a.Classes["INNHINFO"].Changed[DistrictFilled]; n != 1 {
		t.Errorf("%d districts filled in the header", n)
	}
}

// TestDistrictOfAMessage fills what the message leaves empty, and nothing
// that is missing or filled wrongly.
func TestDistrictOfAMessage(t *testing.T) {
	message := func(header string, persons ...string) string {
		text := `<IPLOS versjon="3.3"><INNHINFO><iiInnhType>P</iiInnhType><iiKomnr>0403</iiKomnr>` + header +
			`<iiFraDato>20170101</iiFraDato><iiTilDato>20171231</iiTilDato><iiLagetDato>20180102</iiLagetDato><iiSysID/><iiSysVersjon/></INNHINFO>`
		for i, p := range persons {
			text += fmt.Sprintf(`<PERSON pePeID="%d"><peFnr>01810012345</peFnr>%s</PERSON>`, i+1, p)
		}
		return writeFile(t, "m.xml", text+"</IPLOS>")
	}
	o := Options{Year: 2017, Path: message("<iiBydelsnr></iiBydelsnr>",
		"<peBydelsnr/>", "<peBydelsnr>  </peBydelsnr>", "<peBydelsnr>7</peBydelsnr>", "<peBydelsnr>03</peBydelsnr>", "")}
	got, a := readText(t, o)
	for text, n := range map[string]int{"<iiBydelsnr>00<": 1, "<peBydelsnr>00<": 2, "<peBydelsnr>7<": 1, "<peBydelsnr>03<": 1, "<peBydelsnr>": 4} {
		if strings.Count(got, text) != n {
			t.Errorf("%s: %d times in %s", text, strings.Count(got, text), got)
		}
	}
	if a.Classes["INNHINFO"].Changed[DistrictFilled] != 1 || a.Classes["PERSON"].Changed[DistrictFilled] != 2 {
		t.Errorf("account %+v", a.Classes)
	}
	if c := a.Classes["INNHINFO"]; c.Read != 1 || c.Taken != 1 {
		t.Errorf("the header: %+v", c)
	}
	o.District = "04"
	if got, a = readText(t, o); !strings.Contains(got, "<iiBydelsnr>04<") || a.Classes["INNHINFO"].Changed[DistrictAgreed] != 1 {
		t.Errorf("the district agreed on: %s\n%+v", got, a.Classes)
	}
	o.Path = message("")
	if got, _ = readText(t, o); strings.Contains(got, "iiBydelsnr") {
		t.Errorf("a missing element was made: %s", got)
	}
}
