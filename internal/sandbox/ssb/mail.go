package ssb

import (
	"bytes"
	"fmt"
	"maps"
	"mime"
	"mime/quotedprintable"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"iplos/internal/atomicfile"
	"iplos/internal/crypt"
	"iplos/internal/journal"
	"iplos/internal/sandbox/sendemodul"
)

// sender cannot be taken for SSB's own: .example is nobody's.
const sender = "iplos@ssb.sandbox.example"

// sendReceipt writes the e-mail that SSB sends at 08:00 the next working day.
// It holds counts and references and nothing of any person.
func (s *SSB) sendReceipt(d sendemodul.Delivery, m *crypt.Manifest) (string, error) {
	lines := []string{
		s.p.T("sandbox.mail.received"), "",
		s.p.T("sandbox.mail.reference", "reference", d.Reference),
		s.p.T("sandbox.mail.submission", "id", m.SubmissionID),
		s.p.T("sandbox.mail.municipality", "municipality", m.Municipality, "district", m.District),
		s.p.T("sandbox.mail.year", "year", fmt.Sprint(m.DataYear)),
		s.p.T("sandbox.mail.delivered", "at", d.At.In(journal.Oslo())),
		s.p.T("sandbox.mail.persons", "persons", m.Message.Persons),
	}
	for _, class := range slices.Sorted(maps.Keys(m.Message.Rows)) {
		lines = append(lines, "  "+class+": "+s.p.Number(int64(m.Message.Rows[class])))
	}
	lines = append(lines, s.p.T("sandbox.mail.hash", "sha256", m.Message.SHA256), "", s.p.T("sandbox.mail.feedback"), "", s.p.T("sandbox.mail.practice"))
	to := m.Contact.Email
	if to == "" {
		to = s.opts.Mailbox(d.Account)
	}
	return s.send(d, to, s.p.T("sandbox.mail.subject", "year", fmt.Sprint(m.DataYear), "municipality", m.Municipality), lines)
}

// sendRefusal tells the municipality that a package could not be opened. Its
// contact lies sealed in it, so the mail goes to the general address.
func (s *SSB) sendRefusal(d sendemodul.Delivery, cause error) error {
	_, err := s.send(d, s.opts.Mailbox(d.Account), s.p.T("sandbox.mail.refused.subject", "reference", d.Reference), []string{
		s.p.T("sandbox.mail.refused"), "",
		s.p.T("sandbox.mail.reference", "reference", d.Reference), cause.Error(), "", s.p.T("sandbox.mail.practice"),
	})
	return err
}

// send writes the mail as a file a mail program can open.
func (s *SSB) send(d sendemodul.Delivery, to, subject string, lines []string) (string, error) {
	at := journal.ReceiptDue(d.At)
	var b bytes.Buffer
	head := func(name, value string) { fmt.Fprintf(&b, "%s: %s\r\n", name, value) }
	head("From", mime.QEncoding.Encode("utf-8", s.p.T("sandbox.mail.from"))+" <"+sender+">")
	head("To", strings.Map(oneLine, to))
	head("Subject", mime.QEncoding.Encode("utf-8", subject))
	head("Date", at.Format(time.RFC1123Z))
	head("Message-ID", "<"+d.Reference+"."+d.Account+"@ssb.sandbox.example>")
	head("X-Iplos-Sandbox", "practice, not sent by SSB")
	head("MIME-Version", "1.0")
	head("Content-Type", "text/plain; charset=utf-8")
	head("Content-Transfer-Encoding", "quoted-printable")
	b.WriteString("\r\n")
	q := quotedprintable.NewWriter(&b)
	_, err := q.Write([]byte(strings.Join(lines, "\r\n") + "\r\n"))
	if err == nil {
		err = q.Close()
	}
	if err != nil {
		return "", fmt.Errorf("writing the receipt: %w", err)
	}
	path := filepath.Join(s.opts.Dir, "receipts", "kvittering-"+d.Reference+".eml")
	return path, atomicfile.WriteFile(path, b.Bytes(), atomicfile.Options{Force: true})
}

// oneLine drops what would start another header.
func oneLine(r rune) rune {
	if r == '\r' || r == '\n' {
		return -1
	}
	return r
}
