package ui

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"iplos/internal/fault"
	"iplos/internal/ui/lang"
)

// screen is a terminal whose person types the given text.
func screen(typed string, opts Options) (t *Terminal, out, err *bytes.Buffer) {
	out, err = &bytes.Buffer{}, &bytes.Buffer{}
	t = New(Streams{In: strings.NewReader(typed), Out: out, Err: err}, opts)
	t.inTTY, t.outTTY, t.errTTY = true, true, true
	return t, out, err
}

// Streams that are no files are nobody's: nothing is asked, drawn or coloured.
func TestStreamsAreNoTerminal(t *testing.T) {
	var out, err bytes.Buffer
	term := New(Streams{In: strings.NewReader("ja\n"), Out: &out, Err: &err}, Options{Lang: lang.Bokmal, Color: "auto"})
	if term.Interactive() || term.OutIsTerminal() || term.Colored() || term.ColoredOut() {
		t.Error("a buffer is taken for a terminal")
	}
	for name, ask := range map[string]func() error{
		"Ask":     func() error { _, err := term.Ask(t.Context(), "", "init.ask.email"); return err },
		"Confirm": func() error { _, err := term.Confirm(t.Context(), "ask.pin"); return err },
		"Secret":  func() error { _, err := term.Secret(t.Context(), "ask.pin"); return err },
	} {
		f, ok := errors.AsType[*fault.Error](ask())
		if !ok || f.ID != "ui.cannot-ask" || f.Kind != fault.Usage {
			t.Errorf("%s: %v", name, f)
		}
	}
	p := term.Progress(time.Now, "progress.read", 100)
	p.Set(50)
	p.Done()
	if out.Len()+err.Len() != 0 {
		t.Errorf("wrote %q and %q", &out, &err)
	}
}

func TestInteractive(t *testing.T) {
	for _, c := range []struct {
		in, err, noInput, want bool
	}{
		{true, true, false, true},
		{true, true, true, false},
		{false, true, false, false},
		{true, false, false, false}, // questions nobody would see
	} {
		term, _, _ := screen("", Options{NoInput: c.noInput})
		term.inTTY, term.errTTY = c.in, c.err
		if got := term.Interactive(); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

func TestAsk(t *testing.T) {
	term, out, errs := screen("svar en\r\n\n  \nslutt uten linjeskift", Options{Lang: lang.Bokmal})
	for _, want := range []string{"svar en", "forslag", "forslag", "slutt uten linjeskift"} {
		got, err := term.Ask(t.Context(), "forslag", "init.ask.email")
		if err != nil || got != want {
			t.Errorf("got %q, %v; want %q", got, err, want)
		}
	}
	if out.Len() != 0 || !strings.Contains(errs.String(), " [forslag]: ") {
		t.Errorf("out %q, err %q", out, errs)
	}
	_, err := term.Ask(t.Context(), "forslag", "init.ask.email")
	if fault.KindOf(err) != fault.Interrupted {
		t.Errorf("at the end of the input: %v", err)
	}
}

func TestConfirm(t *testing.T) {
	for typed, want := range map[string]bool{
		"j\n": true, "JA\n": true, "y\n": true, "yes \n": true, "\n": false, "n\n": false, "jaja\n": false, "nei\n": false,
	} {
		term, _, errs := screen(typed, Options{Lang: lang.Bokmal})
		got, err := term.Confirm(t.Context(), "ask.feedback-delete", "id", "1")
		if err != nil || got != want {
			t.Errorf("%q: %v %v", typed, got, err)
		}
		if !strings.Contains(errs.String(), "[j/N]") {
			t.Errorf("the question is %q", errs)
		}
	}
}

// Ctrl-C ends a question though the read goes on.
func TestAskIsInterrupted(t *testing.T) {
	r, w := io.Pipe()
	defer w.Close()
	term := New(Streams{In: r, Out: io.Discard, Err: io.Discard}, Options{})
	term.inTTY, term.errTTY = true, true
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := term.Ask(ctx, "", "init.ask.email"); fault.KindOf(err) != fault.Interrupted {
		t.Errorf("got %v", err)
	}
}

func TestQuiet(t *testing.T) {
	for _, quiet := range []bool{false, true} {
		term, out, errs := screen("", Options{Lang: lang.Bokmal, Quiet: quiet, Color: "never"})
		term.Say("init.nothing")
		term.Note("cli.sandbox.stopped")
		term.Warn("config.unknown-variable", "variable", "IPLOS_X")
		if out.String() != "Ingenting å endre.\n" {
			t.Errorf("quiet %v: out %q", quiet, out)
		}
		if strings.Contains(errs.String(), "stoppet") == quiet || !strings.Contains(errs.String(), "Advarsel: Miljøvariabelen IPLOS_X") {
			t.Errorf("quiet %v: err %q", quiet, errs)
		}
	}
}

func TestColour(t *testing.T) {
	for _, c := range []struct {
		color        string
		noColor, tty bool
		want         bool
	}{
		{"always", false, false, true},
		{"always", true, true, true}, // what is asked for on the line comes first
		{"never", false, true, false},
		{"auto", true, true, false},
		{"auto", false, false, false},
	} {
		term, _, errs := screen("", Options{Color: c.color, NoColorVariable: c.noColor})
		term.outTTY, term.errTTY = c.tty, c.tty
		if term.Colored() != c.want || term.ColoredOut() != c.want {
			t.Errorf("%+v: %v", c, term.Colored())
		}
		term.Warn("init.nothing")
		if strings.Contains(errs.String(), "\x1b") != c.want {
			t.Errorf("%+v: %q", c, errs)
		}
	}
}

// line is what stands on a terminal's line after the text was written to it.
func line(text string) string {
	var shown []rune
	at := 0
	for _, r := range text {
		switch {
		case r == '\r':
			at = 0
			continue
		case at < len(shown):
			shown[at] = r
		default:
			shown = append(shown, r)
		}
		at++
	}
	return strings.TrimRight(string(shown), " ")
}

func TestProgress(t *testing.T) {
	at := time.Unix(0, 0)
	now := func() time.Time { return at }
	term, out, errs := screen("", Options{Lang: lang.Bokmal})
	p := term.Progress(now, "progress.read", 1_000_000)
	p.Set(1)
	if errs.Len() != 0 {
		t.Errorf("a short step shows %q", errs)
	}
	at = at.Add(10 * time.Second)
	p.Set(500_000)
	if got := line(errs.String()); got != "Leser 500,0\u00a0kB av 1,0\u00a0MB  50\u00a0%  ca. 10\u00a0s igjen" && got != "Leser 500,0\u00a0kB av 1000,0\u00a0kB  50\u00a0%  ca. 10\u00a0s igjen" {
		t.Errorf("shows %q", got)
	}
	before := errs.Len()
	p.Set(500_001) // too soon after the last
	if errs.Len() != before {
		t.Error("is drawn for every byte")
	}
	// Whatever is written next takes the line away.
	term.Say("init.nothing")
	if got := line(errs.String()); got != "" || !strings.HasSuffix(errs.String(), "\r") || out.Len() == 0 {
		t.Errorf("leaves %q", got)
	}
	p.Done()
	if got := line(errs.String()); got != "" {
		t.Errorf("leaves %q", got)
	}
}

func TestProgressQuietAndUnknownSize(t *testing.T) {
	at := time.Unix(0, 0)
	now := func() time.Time { return at }
	term, _, errs := screen("", Options{Lang: lang.English, Quiet: true})
	p := term.Progress(now, "progress.read", 10)
	at = at.Add(time.Minute)
	p.Set(5)
	if errs.Len() != 0 {
		t.Errorf("quiet shows %q", errs)
	}
	term, _, errs = screen("", Options{Lang: lang.English})
	p = term.Progress(now, "progress.read", 0)
	at = at.Add(time.Minute)
	p.Set(20_000)
	if got := line(errs.String()); !strings.Contains(got, "20.0\u00a0kB") || !strings.Contains(got, "?") || strings.Contains(got, "%") {
		t.Errorf("shows %q", got)
	}
}

// The log's guard lets no identity number through, in either form.
func TestLogBlotsOutIdentities(t *testing.T) {
	for _, asJSON := range []bool{false, true} {
		var out bytes.Buffer
		at := time.Date(2018, 1, 3, 10, 0, 0, 0, time.UTC)
		log := NewLogger(&out, zerolog.InfoLevel, asJSON, func() time.Time { return at })
		log.Info().Str("fnr", "12912300143").Msg("person 12912300143 ble lest")
		log.Debug().Msg("dette skal ikke vises")
		if strings.Contains(out.String(), "12912300143") || strings.Contains(out.String(), "vises") || !strings.Contains(out.String(), "ble lest") {
			t.Errorf("JSON %v: %q", asJSON, &out)
		}
		if strings.HasPrefix(out.String(), "{") != asJSON || !strings.Contains(out.String(), "10:00:00") {
			t.Errorf("JSON %v: %q", asJSON, &out)
		}
	}
}
