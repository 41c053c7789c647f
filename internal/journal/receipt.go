package journal

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"strings"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"

	"iplos/internal/fault"
)

const (
	// maxMail bounds a receipt's file; SSB's is a few lines.
	maxMail = 2 << 20
	// maxMailText bounds the text looked through.
	maxMailText = 256 << 10
	// maxMailDepth bounds parts within parts.
	maxMailDepth = 8
)

// Mail is what a receipt's .eml file says. What SSB's receipt looks like is
// not public: it is known to tell when the data arrived.
type Mail struct {
	// At is when it was sent, by its Date header.
	At time.Time
	// Arrived is when the data arrived, as the text says it; zero when the
	// text has no date.
	Arrived   time.Time
	From      string
	Reference string
	// Submission is the submission's id where the text names a package.
	Submission string
	SHA256     string
	// text is the subject, a line feed, and the text.
	text string
}

// FromSSB tells whether the sender's address is SSB's. It is what the mail
// says and no proof.
func (m *Mail) FromSSB() bool {
	_, domain, _ := strings.Cut(strings.ToLower(m.From), "@")
	return domain == "ssb.no" || strings.HasSuffix(domain, ".ssb.no")
}

// ReadMail reads an .eml file of bounded size. The fault is Usage.
func ReadMail(r io.Reader) (*Mail, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxMail+1))
	if err != nil {
		return nil, fault.Wrap(err, fault.Usage, "status.eml.unreadable")
	}
	if len(data) > maxMail {
		return nil, fault.New(fault.Usage, "status.eml.large")
	}
	msg, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		return nil, fault.Wrap(err, fault.Usage, "status.eml.unreadable")
	}
	sum := sha256.Sum256(data)
	m := &Mail{SHA256: hex.EncodeToString(sum[:])}
	if m.At, err = msg.Header.Date(); err != nil {
		return nil, fault.Wrap(err, fault.Usage, "status.eml.date")
	}
	if from, err := mail.ParseAddress(msg.Header.Get("From")); err == nil {
		m.From = from.Address
	}
	var text strings.Builder
	subject := msg.Header.Get("Subject")
	if decoded, err := (&mime.WordDecoder{CharsetReader: charset.NewReaderLabel}).DecodeHeader(subject); err == nil {
		subject = decoded
	}
	text.WriteString(subject + "\n")
	readPart(&text, msg.Header.Get("Content-Type"), msg.Header.Get("Content-Transfer-Encoding"), msg.Body, 0)
	m.text = text.String()
	m.look(m.text)
	return m, nil
}

// readPart adds a part's text; what is no text is left out.
func readPart(out *strings.Builder, contentType, transfer string, body io.Reader, depth int) {
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		kind = "text/plain"
	}
	if strings.HasPrefix(kind, "multipart/") && depth < maxMailDepth && params["boundary"] != "" {
		parts := multipart.NewReader(body, params["boundary"])
		for range 50 {
			part, err := parts.NextRawPart()
			if err != nil {
				return
			}
			readPart(out, part.Header.Get("Content-Type"), part.Header.Get("Content-Transfer-Encoding"), part, depth+1)
		}
		return
	}
	if !strings.HasPrefix(kind, "text/") || out.Len() > maxMailText {
		return
	}
	switch strings.ToLower(strings.TrimSpace(transfer)) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	}
	if decoded, err := charset.NewReader(body, contentType); err == nil {
		body = decoded
	}
	// A damaged end still leaves the text before it.
	data, _ := io.ReadAll(io.LimitReader(body, maxMailText))
	if kind == "text/html" {
		data = htmlText(data)
	}
	out.Write(data)
	out.WriteByte('\n')
}

func htmlText(data []byte) []byte {
	var out bytes.Buffer
	z := html.NewTokenizer(bytes.NewReader(data))
	skip := false
	for {
		switch z.Next() {
		case html.ErrorToken:
			return out.Bytes()
		case html.StartTagToken:
			name, _ := z.TagName()
			skip = string(name) == "style" || string(name) == "script"
		case html.EndTagToken:
			skip = false
			out.WriteByte(' ')
		case html.TextToken:
			if !skip {
				out.Write(z.Text())
			}
		default:
			out.WriteByte(' ')
		}
	}
}

func (m *Mail) look(text string) {
	if r := regexp.MustCompile(`(?i)(?:referanse(?:nummer|nr)?|kvitterings(?:nummer|nr|-?id)|reference(?: number| no)?|ref)\.?\s*(?:er|is)?\s*[:#]?\s*([\pL0-9][\pL0-9/_-]{2,60})`).FindAllStringSubmatch(text, -1); r != nil {
		for _, match := range r {
			if strings.ContainsAny(match[1], "0123456789") {
				m.Reference = match[1]
				break
			}
		}
	}
	if r := regexp.MustCompile(`iplos-[0-9]{4}-[0-9]{2}-[0-9]{4}-([A-Za-z0-9-]{4,64}?)(?:\.tar|[^A-Za-z0-9-]|$)`).FindStringSubmatch(text); r != nil {
		m.Submission = r[1]
	}
	m.Arrived = arrival(text)
}

// arrival finds the first date in the text, with its clock time: 03.01.2018
// 14:22, 3. januar 2018 kl. 14.22, 2018-01-03 14:22.
func arrival(text string) time.Time {
	clock := `(?:[ ,T]*(?:kl\.?|klokka|klokken|at)?\s*([0-9]{1,2})[:.]([0-9]{2}))?`
	numeric := regexp.MustCompile(`\b([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})` + clock)
	iso := regexp.MustCompile(`\b([0-9]{4})-([0-9]{2})-([0-9]{2})` + clock)
	named := regexp.MustCompile(`(?i)\b([0-9]{1,2})\.? (januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember|january|february|march|may|june|july|october|december) ([0-9]{4})` + clock)
	best, at := len(text)+1, time.Time{}
	try := func(r *regexp.Regexp, order [3]int) {
		loc := r.FindStringSubmatchIndex(text)
		if loc == nil || loc[0] >= best {
			return
		}
		g := r.FindStringSubmatch(text[loc[0]:])
		if t, err := makeTime(g[order[0]], g[order[1]], g[order[2]], g[4], g[5]); err == nil {
			best, at = loc[0], t
		}
	}
	try(numeric, [3]int{3, 2, 1})
	try(iso, [3]int{1, 2, 3})
	try(named, [3]int{3, 2, 1})
	return at
}

func makeTime(year, month, day, hour, minute string) (time.Time, error) {
	if len(month) > 2 {
		names := []string{"jan", "feb", "mar", "apr", "ma", "jun", "jul", "aug", "sep", "o", "nov", "de"}
		for i, n := range names {
			if strings.HasPrefix(strings.ToLower(month), n) {
				month = fmt.Sprint(i + 1)
				break
			}
		}
	}
	if hour == "" {
		hour, minute = "0", "00"
	}
	return time.ParseInLocation("2006-1-2 15:04", year+"-"+strings.TrimPrefix(month, "0")+"-"+strings.TrimPrefix(day, "0")+" "+pad(hour)+":"+minute, Oslo())
}

func pad(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}

// ErrSameReceipt is in the fault of ReceiptEntry when the very e-mail has been
// entered before: there is nothing to do.
var ErrSameReceipt = errors.New("the receipt is entered already")

// ReceiptEntry makes the journal's entry of a receipt. A second one is refused,
// unless it is the e-mail of what was entered by hand, and one that came
// before the upload: it is of something else.
func (s *Submission) ReceiptEntry(at time.Time, reference, via string, mailHash string) (Entry, error) {
	if !s.Attempted {
		return Entry{}, fault.New(fault.Usage, "status.receipt.unsent", "submission", s.ID)
	}
	if r := s.Receipt; r != nil && (r.Mail != "" || mailHash == "") {
		args := []any{"submission", s.ID, "at", r.At.In(Oslo()), "via", receiptVia(r.Via), "entered", r.EnteredAt.In(Oslo()), "reference", orDash(r.Reference)}
		if mailHash != "" && mailHash == r.Mail {
			return Entry{}, fault.Wrap(ErrSameReceipt, fault.Duplicate, "status.receipt.same", args...)
		}
		return Entry{}, fault.New(fault.Duplicate, "status.receipt.second", args...)
	}
	// The clocks of two machines may differ by some minutes.
	if first := s.sentAt(); at.Add(10 * time.Minute).Before(first) {
		return Entry{}, fault.New(fault.Usage, "status.receipt.early", "submission", s.ID, "at", at.In(Oslo()), "date", first.In(Oslo()))
	}
	return Entry{
		Type: Receipt, Submission: s.ID, District: s.District, Year: s.Year, Rehearsal: s.Rehearsal,
		Happened: &at, Reference: reference, Via: via, SHA256: mailHash,
	}, nil
}

// receiptVia is how a receipt was entered, as a text.
type receiptVia string

// CatalogTexts implements the catalogue's argument that is itself a text.
func (v receiptVia) CatalogTexts() (ids []string, args []any) {
	if v == "eml" {
		return []string{"status.receipt.via.eml"}, nil
	}
	return []string{"status.receipt.via.hand"}, nil
}
