package journal_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"iplos/internal/finding"
	"iplos/internal/journal"
	"iplos/internal/ui/lang"
)

const ourID = "abcdefghjkmnpqrs"

func ours() *journal.Submission {
	return &journal.Submission{
		ID: ourID, Municipality: "0403", District: "00", Year: 2017, Reference: "S180103-0001",
		Package: "iplos-0403-00-2017-" + ourID + ".tar", Totals: &finding.Totals{Persons: 12345},
	}
}

func readMail(t *testing.T, from, subject, text string) *journal.Mail {
	t.Helper()
	m, err := journal.ReadMail(strings.NewReader("From: <" + from + ">\r\nDate: Thu, 04 Jan 2018 08:00:12 +0100\r\nContent-Type: text/plain; charset=utf-8\r\nSubject: " + subject + "\r\n\r\n" + text + "\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func doubtsOf(m *journal.Mail, s *journal.Submission) []string {
	d := m.Doubts(s)
	if d == nil {
		return nil
	}
	var ids []string
	all, _ := d.CatalogTexts()
	for _, id := range all {
		ids = append(ids, strings.TrimPrefix(id, "status.doubt."))
	}
	return ids
}

func TestReceiptsWithoutDoubt(t *testing.T) {
	for _, text := range []string{
		"Dataene for kommune 0403 er mottatt.",
		"Kommunenr: 0403. Antall personer: 12345",
		"Kommune Hamar (0403), 12 345 personer er mottatt",
		"Talet på personar: 12 345. Kommunenummer: 0403",
		"Number of persons 12,345, municipality no. 0403",
		"Mottatt fra 0403 Hamar",
		"Referanse: S180103-0001",
		"Fil: iplos-0403-00-2017-" + ourID + ".tar",
		"Innsending: " + ourID,
		"Kommune 0403. Vi fant ingen feil. Feillister kommer i uke 6. Denne e-posten kan ikke besvares.",
		"Municipality 0403. Received, reference no. 7, no errors. Error lists come in week 6.",
		"IPLOS-data for Hamar kommune 2017 er mottatt, referanse S180103-0001.",
	} {
		if got := doubtsOf(readMail(t, "iplos@ssb.no", "Kvittering", text), ours()); got != nil {
			t.Errorf("%s: %q", text, got)
		}
	}
}

func TestDoubtfulReceipts(t *testing.T) {
	const tied = "Kommune: 0403. "
	for _, tc := range []struct{ subject, text, want string }{
		{"Feil i innsending", tied + "Filen er lest.", "words"},
		{"=?utf-8?q?Feil_i_innsending?=", tied, "words"},
		{"=?x-unknown?q?Feil?= i innsending", tied, "words"},
		{"IPLOS", tied + "Dataene er IKKE mottatt", "words"},
		{"IPLOS", tied + "Dataene er ikke\r\nennå blitt mottatt", "words"},
		{"IPLOS", tied + "Dataa er ikkje mottekne", "words"},
		{"IPLOS", tied + "Vi kunne ikke lese filen", "words"},
		{"IPLOS", tied + "Innsendingen ble avvist.", "words"},
		{"IPLOS", tied + "Den mangler bydel", "words"},
		{"IPLOS", tied + "Ugyldig fil", "words"},
		{"IPLOS", tied + "Send den på nytt", "words"},
		{"IPLOS", tied + "Ingen feil i navnet, men innholdet har feil", "words"},
		{"IPLOS", tied + "The file was not received", "words"},
		{"IPLOS", tied + "Error lists follow. An error occurred", "words"},
		{"IPLOS", tied + "Rejected", "words"},
		{"IPLOS", tied + "Mott\u00adatt? Av\u00advist!", "words"},
		{"IPLOS", "Kommune: 0301, antall personer: 12345. S180103-0001", "municipality"},
		{"IPLOS", "Data for kommunenr. 0301 er mottatt, ikke for 0403", "municipality"},
		{"IPLOS", tied + "Antall personer: 12", "persons"},
		{"IPLOS", tied + "12 personer er mottatt", "persons"},
		{"IPLOS", tied + "Antall personer 12", "persons"},
		{"IPLOS", "Takk for henvendelsen.", "untied"},
		{"IPLOS", "Levert 04.03.2018 kl. 04:03, telefon 10403", "untied"},
		{"Feil i innsending", "Kommune: 0301, antall personer: 12", "words municipality persons untied"},
		{"IPLOS", tied + "Fil: iplos-0403-00-2017-zzzzzzzzzzzzzzzz.tar", "submission"},
	} {
		if got := strings.Join(doubtsOf(readMail(t, "iplos@ssb.no", tc.subject, tc.text), ours()), " "); got != tc.want {
			t.Errorf("%s: %s: %q, want %q", tc.subject, tc.text, got, tc.want)
		}
	}
}

func TestDoubtsAboutTheSender(t *testing.T) {
	m := readMail(t, "iplos@ssb.no.evil.example", "Kvittering", "Kommune 0403")
	s := ours()
	if got := doubtsOf(m, s); !slices.Equal(got, []string{"sender"}) {
		t.Errorf("a stranger: %q", got)
	}
	s.Rehearsal = true
	if got := doubtsOf(m, s); got != nil {
		t.Errorf("a rehearsal: %q", got)
	}
}

// TestMunicipalityUnderAnotherNumber: SSB writes the number of the year it
// sends in, or that of the data year; some look like years.
func TestMunicipalityUnderAnotherNumber(t *testing.T) {
	s := ours()
	for _, tc := range []struct{ number, text, want string }{
		{"1601", "Kommune: 5001", ""},
		{"1601", "Kommune: 5054", "municipality untied"},
		{"2018", "Kvittering for 2018", "untied"},
		{"2018", "Kommune: 2018", ""},
	} {
		s.Municipality = tc.number
		if got := strings.Join(doubtsOf(readMail(t, "iplos@ssb.no", "IPLOS", tc.text), s), " "); got != tc.want {
			t.Errorf("%s, %s: %q, want %q", tc.number, tc.text, got, tc.want)
		}
	}
}

func TestDoubtsAsTexts(t *testing.T) {
	m := readMail(t, "x@y.example", "Feil", "kommune 0301, personer: 12, iplos-0403-00-2017-zzzz.tar")
	for _, l := range lang.Languages() {
		text := lang.New(l).T("send.receipt-doubt", "doubts", m.Doubts(ours()))
		if strings.ContainsAny(text, "{}<>") || strings.Count(text, ", ") < 5 {
			t.Errorf("%s: %s", l, text)
		}
	}
}

// TestExcerpt: what is shown cannot move the cursor, and shows no identity.
func TestExcerpt(t *testing.T) {
	got := readMail(t, "iplos@ssb.no", "Feil\x1b[2J", strings.Repeat("Person 01819010001\x07\u202e mangler\r\n\r\n", 40)+strings.Repeat("x", 500)).Excerpt()
	lines := strings.Split(got, "\n")
	if len(lines) != 13 || strings.ContainsAny(got, "\x1b\x07\u202e") || strings.Contains(got, "01819010001") || lines[0] != "  Feil[2J" {
		t.Errorf("%q", got)
	}
	if got := readMail(t, "iplos@ssb.no", "x", strings.Repeat("ø", 500)).Excerpt(); len([]rune(got)) > 200 || !strings.HasSuffix(got, "…") {
		t.Errorf("%q", got)
	}
}

func TestPageWords(t *testing.T) {
	for text, want := range map[string]string{
		"Sendemodul\nLogg ut\nFilen ble avvist.\nPrøv\x1b på nytt": "Filen ble avvist. Prøv på nytt",
		"Sendemodul\nStørrelsen er over grensen":                   "Sendemodul Størrelsen er over grensen",
		"": "",
	} {
		if got := journal.PageWords(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
	if got := journal.PageWords("avvist " + strings.Repeat("ord ", 300)); len([]rune(got)) > 300 || !strings.HasSuffix(got, "…") {
		t.Errorf("%q", got)
	}
}

// TestManyNumbers: looking through a long mail takes time in proportion.
func TestManyNumbers(t *testing.T) {
	long := strings.Repeat("x0403 \r\n", 30000)
	began := time.Now()
	if got := doubtsOf(readMail(t, "iplos@ssb.no", "IPLOS", long), ours()); !slices.Equal(got, []string{"untied"}) {
		t.Errorf("%q", got)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("%v", took)
	}
}
