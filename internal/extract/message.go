package extract

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"strings"
	"unicode/utf8"

	"iplos/internal/finding"
	"iplos/internal/record"
	"iplos/internal/table"
)

const kindMessage = "message"

func messageSource() Source {
	return Source{
		Kind: kindMessage,
		recognises: func(h head) bool {
			form, _ := record.SniffEncoding(h.raw)
			return strings.HasPrefix(form, "UTF-16") && h.text == nil ||
				bytes.HasPrefix(bytes.TrimLeft(h.text, " \t\r\n"), []byte("<"))
		},
		open: openMessage,
	}
}

// message is an IPLOS message: passed on as it is, but for an empty district
// and, where that is allowed, a municipality number of another year.
type message struct {
	ctx    context.Context //nolint:containedctx // the stream's own, see Open
	in     *input
	lines  *lineReader
	reader *record.Reader
	head   *record.Header
	prof   record.Profile
	ledger *ledger
	number translator
}

func openMessage(ctx context.Context, in *input, o Options, l *ledger) (source, error) {
	m := &message{ctx: ctx, in: in, ledger: l}
	src, decoded, err := m.decode()
	if err != nil {
		in.drain()
		return m, err
	}
	m.reader = record.NewReader(src, record.ReaderOptions{Decoded: decoded})
	m.head, m.prof, err = m.reader.Header()
	if err != nil {
		in.drain()
		return m, m.fault(err)
	}
	year := o.Year
	if year == 0 {
		year = yearOf(m.head)
	}
	m.count(&m.head.Rows)
	m.fillDistrict(&m.head.Rows, record.Innhinfo, record.IiBydelsnr, o.District)
	m.number = newTranslator(year, o.Translate, l)
	m.number.field(&m.head.Rows, 0, record.Innhinfo, record.IiKomnr)
	return m, nil
}

// yearOf returns the data year a header tells, or 0.
func yearOf(h *record.Header) int {
	if h.Len() == 0 {
		return 0
	}
	d, _ := record.ParseDate(h.Get(record.IiFraDato))
	return d.Year()
}

// decode returns the message as UTF-8. The record reader checks UTF-8 itself,
// so that such a message goes to it untouched.
func (m *message) decode() (io.Reader, bool, error) {
	form, declared := record.SniffEncoding(m.in.head.raw)
	switch form {
	case "UTF-32LE", "UTF-32BE":
		return nil, false, &record.SyntaxError{Code: "encoding-name", Name: form, Line: 1, Column: 1}
	case "UTF-16LE":
		return m.wide(table.UTF16LE)
	case "UTF-16BE":
		return m.wide(table.UTF16BE)
	}
	switch name := strings.ToLower(declared); {
	case name == "us-ascii", name == "ascii":
		m.lines = &lineReader{r: &asciiReader{r: m.in.stream}, line: 1}
		return m.lines, true, nil
	case name == "", isUTF8(name):
		return m.in.stream, false, nil
	case form == "UTF-8", strings.HasPrefix(name, "utf-16"):
		return nil, false, &record.SyntaxError{Code: "encoding", Name: declared, Line: 1, Column: 1}
	case name == "iso-8859-1", name == "latin1", name == "iso_8859-1", name == "l1":
		return m.narrow(table.Latin1), true, nil
	case name == "windows-1252", name == "cp1252":
		return m.narrow(table.Windows1252), true, nil
	default:
		return nil, false, &record.SyntaxError{Code: "encoding-name", Name: declared, Line: 1, Column: 1}
	}
}

func isUTF8(name string) bool { return name == "utf-8" || name == "utf8" }

// asciiReader refuses what is not ASCII, after all that is.
type asciiReader struct {
	r   io.Reader
	err error
}

func (a *asciiReader) Read(p []byte) (int, error) {
	if a.err != nil {
		return 0, a.err
	}
	n, err := a.r.Read(p)
	a.err = err
	if i := bytes.IndexFunc(p[:n], func(c rune) bool { return c >= utf8.RuneSelf }); i >= 0 {
		n, a.err = i, table.ErrMixed
	}
	if n > 0 {
		return n, nil
	}
	return 0, a.err
}

func (m *message) narrow(enc table.Encoding) io.Reader {
	r, _ := table.Decode(m.in.stream, enc)
	m.lines = &lineReader{r: r, line: 1}
	return m.lines
}

// wide decodes UTF-16, and checks that the declaration inside says so.
func (m *message) wide(enc table.Encoding) (io.Reader, bool, error) {
	r := bufio.NewReader(m.narrow(enc))
	start, err := r.Peek(1024)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, false, m.fault(err)
	}
	if _, declared := record.SniffEncoding(start); declared != "" && !strings.HasPrefix(strings.ToLower(declared), "utf-16") {
		return nil, false, &record.SyntaxError{Code: "encoding", Name: declared, Line: 1, Column: 1}
	}
	return r, true, nil
}

// fault gives an encoding's error its place, and the code the message's
// faults have.
func (m *message) fault(err error) error {
	code := "encoding"
	switch {
	case errors.Is(err, table.ErrHalf):
		code = "truncated"
	case errors.Is(err, table.ErrNUL):
		code = "control"
	case errors.Is(err, table.ErrMixed), errors.Is(err, table.ErrDisguised):
	default:
		return err
	}
	return &record.SyntaxError{Code: code, Line: m.lines.line, Column: m.lines.column + 1, Offset: m.lines.offset}
}

func (m *message) header() *record.Header        { return m.head }
func (m *message) profile() record.Profile       { return m.prof }
func (m *message) place(line int) (string, int)  { return "", line }
func (m *message) line(_ string, inFile int) int { return inFile }
func (m *message) input() finding.Input          { return m.in.input() }
func (m *message) Close() error                  { return m.in.Close() }

func (m *message) problems() []record.Problem {
	if m.reader == nil {
		return nil
	}
	return m.reader.Problems()
}

// contextEvery is how many persons or rows pass between looks at the context.
const contextEvery = 256

func (m *message) persons() iter.Seq2[*record.Person, error] {
	return func(yield func(*record.Person, error) bool) {
		if m.head == nil {
			return
		}
		n := 0
		for p, err := range m.reader.Persons() {
			if n++; err == nil && n%contextEvery == 0 {
				err = m.ctx.Err()
			}
			if err != nil {
				m.in.drain()
				yield(nil, m.fault(err))
				return
			}
			m.count(&p.Rows)
			m.fillDistrict(&p.Rows, record.PersonRow, record.PeBydelsnr, "")
			m.number.field(&p.Rows, 0, record.PersonRow, record.PeKomnr)
			if !yield(p, nil) {
				return
			}
		}
	}
}

// fillDistrict fills a district that the message leaves empty. An element
// that is missing is a fault of the message, which the rules report.
func (m *message) fillDistrict(r *record.Rows, c record.Class, f record.Field, agreed string) {
	if r.Len() > 0 && r.Row(0).Has(f) {
		m.ledger.fillDistrict(r, c, f, agreed)
	}
}

// count enters rows into the account: of a message all are taken.
func (m *message) count(r *record.Rows) {
	for i := range r.Len() {
		c := r.Row(i).Class()
		m.ledger.read(c)
		m.ledger.take(c)
	}
}

// lineReader counts lines, to place the error of a decoder below it: the
// decoder hands over all that is good before it fails.
type lineReader struct {
	r            io.Reader
	line, column int
	offset       int64
}

func (l *lineReader) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	b := p[:n]
	l.offset += int64(n)
	if i := bytes.LastIndexByte(b, '\n'); i >= 0 {
		l.line += bytes.Count(b, []byte{'\n'})
		l.column, b = 0, b[i+1:]
	}
	for _, c := range b {
		if c&0xC0 != 0x80 {
			l.column++
		}
	}
	return n, err
}
