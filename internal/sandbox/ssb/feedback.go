package ssb

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"

	"github.com/yeka/zip"

	"iplos/internal/crypt"
	"iplos/internal/finding"
	"iplos/internal/record"
	"iplos/internal/sandbox/sendemodul"
	"iplos/internal/sandbox/xlsxout"
)

// sendFeedback packs the lists with the password from the sealed manifest
// and puts the archive on the Filsluse.
func (s *SSB) sendFeedback(d sendemodul.Delivery, m *crypt.Manifest, c *checked) (string, error) {
	temp, err := os.CreateTemp(s.opts.Dir, "feedback-")
	if err != nil {
		return "", fmt.Errorf("making the feedback: %w", err)
	}
	defer func() { _ = os.Remove(temp.Name()) }() // the Filsluse has its own
	err = s.pack(temp, m, c)
	if err == nil {
		_, err = temp.Seek(0, io.SeekStart)
	}
	id := ""
	if err == nil {
		name := fmt.Sprintf("IPLOS_%d_%s_%s_%s.zip", m.DataYear, m.Municipality, m.District, d.Reference)
		id, err = s.opts.Put(s.opts.Mailbox(d.Account), name, temp)
	}
	if err = errors.Join(err, temp.Close()); err != nil {
		return "", fmt.Errorf("making the feedback: %w", err)
	}
	return id, nil
}

// entry is one file of the archive.
type entry struct {
	name  string
	write func(io.Writer) error
}

func count(c *checked, wanted func(*finding.Finding) bool) int {
	n := 0
	for f := range c.log.All() {
		if wanted(f) {
			n++
		}
	}
	return n
}

// pack writes the archive; only sealed bytes reach the disk.
func (s *SSB) pack(w io.Writer, m *crypt.Manifest, c *checked) error {
	z := zip.NewWriter(w)
	// Each finding stands in one list only, so that nothing is counted twice:
	// those of the services in a workbook, while it can hold them.
	ofService := func(f *finding.Finding) bool { return f.Class == record.Tjeneste.String() }
	others := func(f *finding.Finding) bool { return !ofService(f) }
	services := entry{"feilliste_tjenester.xlsx", func(w io.Writer) error { return s.writeXLSX(w, s.errorList(m, c, ofService), c) }}
	if count(c, ofService) > maxListed {
		services = entry{"feilliste_tjenester.csv", func(w io.Writer) error { return s.writeCSV(w, s.errorList(m, c, ofService)) }}
	}
	entries := []entry{
		{"lesmeg.txt", func(w io.Writer) error { return s.writeReadme(w, m, c) }},
		{"feilliste.csv", func(w io.Writer) error { return s.writeCSV(w, s.errorList(m, c, others)) }},
		services,
		{"kontrolltabell.csv", func(w io.Writer) error { return s.writeCSV(w, s.controlTable(c)) }},
	}
	for _, e := range entries {
		// yeka/zip takes the password as a string, which cannot be wiped.
		out, err := z.Encrypt(e.name, string(m.FeedbackPassword.Reveal()), zip.AES256Encryption)
		if err != nil {
			return err
		}
		if err := e.write(out); err != nil {
			return err
		}
	}
	return z.Close()
}

func (s *SSB) writeReadme(w io.Writer, m *crypt.Manifest, c *checked) error {
	_, err := fmt.Fprintf(w, "%s\r\n\r\n%s\r\n%s\r\n%s\r\n",
		s.p.T("sandbox.feedback.readme"),
		s.p.T("sandbox.mail.municipality", "municipality", m.Municipality, "district", m.District),
		s.p.T("sandbox.mail.persons", "persons", m.Message.Persons),
		s.p.T("sandbox.feedback.count", "count", c.log.Summary().Total()))
	return err
}

// rows yields the heading and then the lines of a table.
type rows func(yield func([]string) error) error

// errorList is one line for each finding. The control is named by our rule's
// id; SSB's own codes are not known.
func (s *SSB) errorList(m *crypt.Manifest, c *checked, wanted func(*finding.Finding) bool) rows {
	return func(yield func([]string) error) error {
		err := yield([]string{"kommunenr", "bydelsnr", "kontroll", "alvorlighet", "tabell", "felt", "pePeID", "radID", "linje", "melding"})
		for f := range c.log.All() {
			if err != nil {
				return err
			}
			if !wanted(f) {
				continue
			}
			err = yield([]string{
				m.Municipality, m.District, f.Rule, severityName(f.Severity), f.Class, f.Field, f.Person, f.Row,
				strconv.Itoa(f.Line), s.p.T(f.Message, f.Args...),
			})
		}
		return err
	}
}

func severityName(s finding.Severity) string {
	switch s {
	case finding.Error:
		return "feil"
	case finding.Minimum:
		return "mangel"
	default:
		return "advarsel"
	}
}

// controlTable is users by service, this year and last.
func (s *SSB) controlTable(c *checked) rows {
	return func(yield func([]string) error) error {
		err := yield([]string{"tjeneste", "navn", "brukere", "brukere_i_fjor", "endring_prosent"})
		for _, code := range slices.Sorted(maps.Keys(c.totals.ServiceUsers)) {
			if err != nil {
				return err
			}
			t := service{code: code, users: c.totals.ServiceUsers[code]}
			t.before = before(code, t.users)
			change := ""
			if t.before > 0 {
				change = strconv.Itoa((t.users - t.before) * 100 / t.before)
			}
			err = yield([]string{strconv.Itoa(code), s.serviceName(code), strconv.Itoa(t.users), strconv.Itoa(t.before), change})
		}
		return err
	}
}

func (s *SSB) serviceName(code int) string {
	ids, _ := finding.ServiceCode(code).CatalogTexts()
	if len(ids) == 0 || !s.p.Has(ids[0]) {
		return ""
	}
	return s.p.T(ids[0])
}

// writeCSV writes as Norwegian Excel does: UTF-8 with a mark, semicolons and
// CRLF.
func (s *SSB) writeCSV(w io.Writer, table rows) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = ';', true
	if err := table(out.Write); err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

// listSheet is the workbook's list; its name is not that of the CSV list, of
// which a reader would take it for a copy.
const listSheet = "feilliste_tjenester"

// maxListed bounds the workbook, which is made in memory.
const maxListed = 100_000

func (s *SSB) writeXLSX(w io.Writer, list rows, c *checked) error {
	book := &xlsxout.Book{}
	if err := fillSheet(book, listSheet, list); err != nil {
		return err
	}
	if err := fillSheet(book, "Kontrolltabell", s.controlTable(c)); err != nil {
		return err
	}
	return book.Write(w)
}

func fillSheet(book *xlsxout.Book, name string, table rows) error {
	sheet, err := book.Sheet(name)
	if err != nil {
		return err
	}
	return table(sheet.Row)
}
