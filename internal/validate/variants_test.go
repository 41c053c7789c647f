package validate_test

import (
	"strings"
	"testing"

	"iplos/internal/finding"
	"iplos/internal/ident"
	"iplos/internal/record"
	"iplos/internal/ui/lang"
	"iplos/internal/validate"
)

// TestVariants: each row changes an ok fixture in one way and names the one
// message it shall give, or none.
func TestVariants(t *testing.T) {
	const header = "rule.XML-MISSING.message"
	period := func(from, to string) []string {
		return []string{"<iiFraDato>20170101<", "<iiFraDato>" + from + "<", "<iiTilDato>20171231<", "<iiTilDato>" + to + "<"}
	}
	service := func(pairs ...string) []string { return pairs }
	tests := []struct {
		rule    string // whose ok fixture
		pairs   []string
		options func(*validate.Options)
		want    string // message id, "" for no finding
	}{
		// The header.
		{"PERIOD", []string{"  <iiBydelsnr>00</iiBydelsnr>\n", ""}, nil, header},
		{"PERIOD", []string{"<iiBydelsnr>00<", "<iiBydelsnr>A1<"}, nil, "rule.MIN-BYDEL.message"},
		{"PERIOD", []string{"<iiBydelsnr>00<", "<iiBydelsnr>04<"}, func(o *validate.Options) { o.District = "03" }, "rule.MIN-BYDEL.message.other"},
		{"PERIOD", nil, func(o *validate.Options) { o.District = "03" }, ""},
		{"PERIOD", []string{"<iiBydelsnr>00<", "<iiBydelsnr>030101<"}, nil, "rule.XML-VALUE.message.exact"},
		{"PERIOD", []string{"<iiKomnr>1601<", "<iiKomnr>160<"}, nil, "rule.XML-VALUE.message.exact"},
		{"PERIOD", period("20160101", "20161231"), nil, "rule.PERIOD.message"},
		{"PERIOD", period("20170101", "20171232"), nil, "rule.XML-VALUE.message.date"},
		{"PERIOD", period("20170101", "20171131"), nil, "rule.DATE-INVALID.message"},
		{"PERIOD", []string{"  <iiFraDato>20170101</iiFraDato>\n", ""}, nil, header},
		{"PERIOD-MADE", []string{"<iiLagetDato>20171231<", "<iiLagetDato>20180106<"}, nil, "rule.PERIOD-MADE.message.future"},
		{"PERIOD-MADE", []string{"<iiLagetDato>20171231<", "<iiLagetDato>20180105<"}, nil, ""},
		{"PERIOD-MADE", []string{"<iiLagetDato>20171231<", "<iiLagetDato>20180106<"}, func(o *validate.Options) { o.Today = 0 }, ""},

		// Identity.
		{"ID-FORMAT", []string{"201012345610", "201012345611"}, nil, "rule.ID-CHECKSUM.message.duf"},
		{"ID-FORMAT", []string{"201012345610", "2010123456"}, nil, "rule.ID-FORMAT.message"},
		{"MIN-IDENT", []string{"  <peFnr>10915596784</peFnr>\n", ""}, nil, "rule.MIN-IDENT.message"},
		{"MIN-IDENT", []string{"<peFnr>10915596784<", "<peFnr> <"}, nil, "rule.MIN-IDENT.message"},
		{"MIN-IDENT", []string{"<peFnr>10915596784<", "<peFnr>10915596784 <"}, nil, "rule.ID-FORMAT.message.signs"},
		{"ID-CHECKSUM", []string{"10915596784", relaxed()}, nil, "rule.ID-CHECKSUM.message"},
		{"ID-CHECKSUM", []string{"10915596784", relaxed()}, func(o *validate.Options) { o.Checksum = ident.Relaxed2032 }, ""},
		{"ID-DUP", []string{"10915596784", "201012345610", leading(), "201012345610"}, nil, "rule.ID-DUP.message"},
		{"ID-DUP", []string{"10915596784", "201012345610"}, nil, ""},
		{"ID-AGE", []string{"<peAlder>63<", "<peAlder>61<"}, nil, ""},
		{"ID-AGE", []string{"<peAlder>63<", "<peAlder>60<"}, nil, "rule.ID-AGE.message"},
		{"ID-SEX", []string{"10915596784", complete("109155966"), "<peKjonn>M", "<peKjonn>K"}, nil, ""},
		{"ID-SEX", []string{"10915596784", complete("109155966")}, nil, "rule.ID-SEX.message.female"},
		{"PER-KOMNR", []string{"<peKomnr>0301<", "<peKomnr>5001<"}, nil, "rule.PER-KOMNR.message"},

		// Services.
		{"SRV-CODE", service("<tjTjenType>10<", "<tjTjenType>27<"), nil, "rule.SRV-CODE.message.later"},
		{"SRV-CODE", service("<tjTjenType>10<", "<tjTjenType>-1<"), nil, "rule.SRV-CODE.message"},
		{"SRV-CODE", service("<tjTjenType>10<", "<tjTjenType>16<"), nil, ""},
		{"SRV-CODE", service("<tjTjenType>10<", "<tjTjenType>24<"), nil, ""},
		{"ORG-MISSING", service("<tjVedtak>2<", "<tjVedtak>1<", "<tjTjenType>15<", "<tjTjenType>7<"), nil, ""},
		{"ORG-FORMAT", service("<tjInstOrgnr>800000009<", "<tjInstOrgnr><"), nil, "rule.ORG-MISSING.message"},
		{"ORG-FORMAT", service("<tjInstOrgnr>800000009<", "<tjInstOrgnr>  <"), nil, "rule.ORG-MISSING.message"},
		{"ORG-FORMAT", service("<tjInstOrgnr>800000009<", "<tjInstOrgnr>80000000<"), nil, "rule.ORG-FORMAT.message.length"},
		{"ORG-FORMAT", service("<tjInstOrgnr>800000009<", "<tjInstOrgnr>700000009<"), nil, "rule.ORG-FORMAT.message"},
		{"ORG-FORMAT", service("<tjInstOrgnr>800000009<", "<tjInstOrgnr>8000000090<"), nil, "rule.XML-VALUE.message.length"},
		{"ORG-UNKNOWN", nil, func(o *validate.Options) { o.OrgNumber, o.ServicePlaces = "800000009", map[string]string{} }, "rule.ORG-OWNER.message"},
		{"ORG-FORBIDDEN", service("<tjFraDato>20170101</tjFraDato>", "<tjInstOrgnr>123</tjInstOrgnr><tjFraDato>20170101</tjFraDato>"), nil, "rule.ORG-FORBIDDEN.message"},
		{"SRV-HOURS", service("<tjTimerUke>168.00<", "<tjTimerUke>-0.50<"), nil, "rule.SRV-HOURS.message.negative"},
		{"SRV-HOURS", service("<tjTimerUke>168.00<", "<tjTimerUke>00000000000170<"), nil, "rule.SRV-HOURS.message"},
		{"SRV-HOURS", service("<tjTimerUke>168.00<", "<tjTimerUke>0<"), nil, ""},
		{"SRV-OUTSIDE", service("<tjFraDato>20171231</tjFraDato>", "<tjFraDato>20150101</tjFraDato><tjTilDato>20161231</tjTilDato>"), nil, "rule.SRV-OUTSIDE.message.before"},
		{"SRV-OUTSIDE", service("<tjFraDato>20171231</tjFraDato>", "<tjFraDato>20150101</tjFraDato><tjTilDato>20170101</tjTilDato>"), nil, ""},
		{"SRV-DEAD", service("20170101</peDodDato>", "20161231</peDodDato>", "<tjVedtak>1<", "<tjVedtak>2<"), nil, ""},
		{"SRV-OVERLAP", service("<tjFraDato>20170531</tjFraDato>", "<tjFraDato>20170530</tjFraDato>"), nil, "rule.SRV-OVERLAP.message"},
		{"SRV-OVERLAP", service("<tjFraDato>20170531</tjFraDato>", "<tjFraDato>20170229</tjFraDato>"), nil, "rule.DATE-INVALID.message"},

		// Dates, functions, diagnoses.
		{"DATE-ORDER", service("<tjFraDato>20170101</tjFraDato>", "<tjFraDato>20170601</tjFraDato><tjTilDato>20170531</tjTilDato>"), nil, "rule.DATE-ORDER.message"},
		{"XML-VALUE", service("<tjFraDato>", "<tjTilDato></tjTilDato><tjFraDato>"), nil, "rule.XML-UNEXPECTED.message.order rule.XML-VALUE.message.date"},
		{"XML-VALUE", service("<poIndPlan>", "<poVurdTann>201713</poVurdTann><poIndPlan>"), nil, "rule.XML-VALUE.message.month"},
		{"XML-VALUE", service("<poIndPlan>", "<poVurdTann>2017-1</poVurdTann><poIndPlan>"), nil, "rule.XML-VALUE.message.month"},
		{"XML-VALUE", service("<poIndPlan>", "<poVurdTann>201712</poVurdTann><poIndPlan>"), nil, ""},
		{"FUN-MISSING", service("<fnFraDato>20170601</fnFraDato><fnTilDato>20171231<", "<fnFraDato>20160601</fnFraDato><fnTilDato>20170101<"), nil, ""},
		{"FUN-MISSING", service("<fnFraDato>20170601</fnFraDato><fnTilDato>20171231<", "<fnFraDato>20171231</fnFraDato><fnTilDato>20180101<"), nil, ""},
		{"FUN-MISSING", service("<fnFraDato>20170601</fnFraDato><fnTilDato>20171231<", "<fnFraDato>20180101</fnFraDato><fnTilDato>20180101<"), nil, "rule.FUN-MISSING.message"},
		{"FUN-CODE", service("<fnFunkType>18<", "<fnFunkType>0<"), nil, "rule.FUN-CODE.message"},
		{"FUN-OVERLAP", service("<fnFraDato>20170531<", "<fnFraDato>20170530<"), nil, "rule.FUN-OVERLAP.message"},
		{"FUN-OVERLAP", service("<fnFraDato>20170531<", "<fnFraDato>20170530<", "<fnFunkVerdi>3</fnFunkVerdi><fnFraDato>20170530", "<fnFunkVerdi>2</fnFunkVerdi><fnFraDato>20170530"), nil, ""},
		{"DIAG-FORMAT", service("F00.1", "F00.1.2"), nil, "rule.DIAG-FORMAT.message.icd"},

		// Totals.
		{"STAT-CHANGE", nil, func(o *validate.Options) { o.Previous = previous(map[int]int{15: 0}) }, "rule.STAT-CHANGE.message.new"},
		{"STAT-CHANGE", nil, func(o *validate.Options) { o.Previous = previous(map[int]int{15: 2}) }, "rule.STAT-CHANGE.message"},
		{"STAT-CHANGE", nil, func(o *validate.Options) { o.Previous, o.ChangeShare = previous(map[int]int{15: 2}), 0.5 }, ""},
		{"STAT-NONE", nil, func(o *validate.Options) { o.Previous = previous(map[int]int{15: 1, 99: 4}) }, "rule.STAT-NONE.message"},
		{"STAT-NONE", nil, func(o *validate.Options) { o.Previous = previous(map[int]int{15: 1, 21: 0}) }, ""},
	}
	nb := lang.New(lang.Bokmal)
	for _, tt := range tests {
		f := changed(t, tt.rule, tt.pairs...)
		if tt.options != nil {
			tt.options(&f.options)
		}
		found, _ := validateText(t, f.text, f.options)
		var got []string
		for i := range found {
			got = append(got, found[i].Message)
			checkText(t, render(nb, &found[i]), &found[i])
		}
		if strings.Join(got, " ") != tt.want {
			t.Errorf("%s with %q:\n got %q\nwant %q", tt.rule, tt.pairs, got, tt.want)
		}
	}
}

func previous(users map[int]int) *finding.Totals { return &finding.Totals{ServiceUsers: users} }

// relaxed is the number of a synthetic man born in November 1955 that only
// the rule of 2032 accepts.
func relaxed() string {
	for tail := range 100 {
		text := "109155967" + string([]byte{byte('0' + tail/10), byte('0' + tail%10)})
		_, strict := ident.Parse([]byte(text), ident.Strict)
		if _, fault := ident.Parse([]byte(text), ident.Relaxed2032); fault == ident.OK && strict != ident.OK {
			return text
		}
	}
	return ""
}

// TestHeaderMissing: one finding for the whole, and none of its fields; the
// 2018 message also wants contacts.
func TestHeaderMissing(t *testing.T) {
	v, found := headerOf(t, record.Profiles()[0], func(*record.Header) {})
	if only(t, *found, "XML-MISSING").Message != "rule.XML-MISSING.message.header" || v.Summary().Verdict() != finding.Blocked {
		t.Errorf("%+v", *found)
	}
	_, found = headerOf(t, record.Profiles()[1], func(h *record.Header) {
		for _, f := range record.Innhinfo.Fields() {
			h.SetString(0, f, map[record.Field]string{
				record.IiInnhType: "P", record.IiKomnr: "1601", record.IiBydelsnr: "00", record.IiFraDato: "20170101",
				record.IiTilDato: "20171231", record.IiLagetDato: "20180103",
			}[f], 2)
		}
		k := h.Add(record.Kontakt, 3)
		for _, f := range record.Kontakt.Fields() {
			h.SetString(k, f, "1", 3)
		}
	})
	f := only(t, *found, "XML-MISSING")
	if f.Message != "rule.XML-MISSING.message.contact" {
		t.Errorf("%+v", f)
	}
	checkText(t, render(lang.New(lang.Bokmal), f), f)
}

func headerOf(t *testing.T, p record.Profile, fill func(*record.Header)) (*validate.Validator, *list) {
	t.Helper()
	found := &list{}
	v, err := validate.New(validate.Options{Year: 2017}, found)
	if err != nil {
		t.Fatal(err)
	}
	var h record.Header
	h.Add(record.Innhinfo, 1)
	fill(&h)
	v.Header(p, &h)
	return v, found
}

// TestOddServiceCodes: codes outside the table count once for each person.
func TestOddServiceCodes(t *testing.T) {
	const row = `<TJENESTE tjPeID="17" tjTjID="%"><tjTjenType>777</tjTjenType><tjVedtDato>20161201</tjVedtDato></TJENESTE>`
	f := changed(t, "SRV-CODE", "  <DIAGNOSE", strings.Replace(row, "%", "91", 1)+strings.Replace(row, "%", "92", 1)+"\n  <DIAGNOSE")
	found, v := validateText(t, f.text, f.options)
	if len(found) != 2 || v.Totals().ServiceUsers[777] != 1 {
		t.Errorf("%d findings, %v", len(found), v.Totals().ServiceUsers)
	}
}

// TestRefusalIsNoUser: nor does a code that is no number count as one.
func TestRefusalIsNoUser(t *testing.T) {
	f := readFixture(t, "testdata/rules/MIN-TJENESTE.ok.xml")
	if _, v := validateText(t, f.text, f.options); len(v.Totals().ServiceUsers) != 0 {
		t.Errorf("users of a refusal: %v", v.Totals().ServiceUsers)
	}
	f = changed(t, "SRV-HOURS", "<tjTjenType>15<", "<tjTjenType>x<")
	if _, v := validateText(t, f.text, f.options); len(v.Totals().ServiceUsers) != 0 {
		t.Errorf("users of no service: %v", v.Totals().ServiceUsers)
	}
}

func TestRuleByID(t *testing.T) {
	if r, ok := validate.RuleByID("org-missing"); !ok || r.ID != "ORG-MISSING" {
		t.Errorf("%+v %v", r, ok)
	}
	if _, ok := validate.RuleByID("ORG"); ok {
		t.Error("there is no rule ORG")
	}
	seen := map[string]bool{}
	n := 0
	for _, family := range validate.Families() {
		n += len(family.Rules())
	}
	for _, r := range validate.Rules() {
		if seen[r.ID] || r.Unit == "" || len(r.Sources) == 0 {
			t.Errorf("%+v", r)
		}
		seen[r.ID] = true
	}
	if n != len(seen) {
		t.Errorf("%d rules in the families, %d in all", n, len(seen))
	}
}
