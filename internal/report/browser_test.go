package report

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/chromedp"

	"iplos/internal/finding"
	"iplos/internal/peertest"
	"iplos/internal/sandbox/synth"
	"iplos/internal/ui/lang"
)

// browser starts a headless Chromium that reaches for nothing.
func browser(t *testing.T) context.Context {
	t.Helper()
	ctx, stop := chromedp.NewExecAllocator(
		context.WithoutCancel(t.Context()), // the clean-up below ends it in good order
		chromedp.ExecPath(peertest.Need(t, "chromium")), chromedp.UserDataDir(t.TempDir()),
		chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.WSURLReadTimeout(time.Minute),
	)
	tab, cancel := chromedp.NewContext(ctx)
	t.Cleanup(func() {
		if err := chromedp.Cancel(tab); err != nil {
			t.Log(err)
		}
		cancel()
		stop()
	})
	do(t, tab)
	ctx, end := context.WithTimeout(tab, 3*time.Minute)
	t.Cleanup(end)
	return ctx
}

func do(t *testing.T, ctx context.Context, steps ...chromedp.Action[chromedp.Void]) { //nolint:revive // the test comes first in helpers
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatal(err)
	}
}

// ask evaluates a script on the page.
func ask[T any](t *testing.T, ctx context.Context, js string) T { //nolint:revive // as above
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// call makes a step of a protocol command.
func call[P, R any](c cdp.Command[P, R], p P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, p)
		return err
	})
}

// complaints gathers what the browser logs: a refused style or script, a
// request that should not be.
type complaints struct {
	mu   sync.Mutex
	list []string
}

func (c *complaints) listen(t *testing.T, ctx context.Context) { //nolint:revive // the test comes first in helpers
	t.Helper()
	err := chromedp.Listen(ctx, func(ev any) {
		if e, ok := ev.(*log.EventEntryAdded); ok {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.list = append(c.list, e.Entry.Text)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	do(t, ctx, call(log.Enable, cdp.Empty{}))
}

func (c *complaints) take() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := c.list
	c.list = nil
	return list
}

type pageCase struct {
	name, html string
	looks      []look
}

// look is a colour scheme and a width in pixels.
type look struct {
	scheme string
	width  int64
}

// pageCases are the pages a browser has to like.
func pageCases(t *testing.T) []pageCase {
	t.Helper()
	html := format(t, "html")
	clean := &Report{Municipality: "0403", Year: 2017, Totals: sample().Totals, Findings: &finding.Log{}}
	failed := &Report{Failure: &Failure{Code: 2, Kind: "usage", Message: "Filen finnes ikke.", Hint: "Se etter filen."}}
	feedback := sample()
	feedback.Feedback = true
	feedback.Matches = []finding.Match{{Rule: "ID-SEX", Foretold: 3}, {Rule: "SRV-HOURS", Unforetold: 2, OursAlone: 1}}
	feedback.Identity = func(string) string { return "01819912345" }
	everything := []look{{"light", 320}, {"dark", 320}, {"light", 1200}, {"dark", 1200}}
	list := []pageCase{
		{"full", render(t, html, feedback, lang.Bokmal), everything},
		{"real", render(t, html, realReport(t, synth.Sendable), lang.Bokmal), []look{{"light", 320}}},
		{"english", render(t, html, sample(), lang.English), []look{{"light", 1200}}},
		{"clean", render(t, html, clean, lang.Bokmal), []look{{"dark", 320}}},
		{"failed", render(t, html, failed, lang.Nynorsk), []look{{"dark", 1200}}},
	}
	for _, f := range ShareableFormats() {
		if f.Name == "html" {
			list = append(list, pageCase{"shareable", render(t, f, sample(), lang.Bokmal), []look{{"light", 1200}, {"dark", 320}}})
		}
	}
	return list
}

// show sets the page and the way it is looked at.
func show(path, scheme string, width int64) chromedp.Action[chromedp.Void] {
	return chromedp.Steps(
		chromedp.EmulateViewport(width, 900),
		call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		}),
		chromedp.Navigate((&url.URL{Scheme: "file", Path: path}).String()),
	)
}

// The pages have no accessibility violation that axe-core knows, in light and
// dark, narrow and wide, and nothing on them breaks their own policy.
func TestPagesInBrowser(t *testing.T) {
	axe, err := os.ReadFile(peertest.NeedFile(t, "../../tools/node/node_modules/axe-core/axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	ctx := browser(t)
	var seen complaints
	seen.listen(t, ctx)
	for _, c := range pageCases(t) {
		path := filepath.Join(t.TempDir(), c.name+".html")
		if err := os.WriteFile(path, []byte(c.html), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, look := range c.looks {
			name := fmt.Sprintf("%s-%s-%d", c.name, look.scheme, look.width)
			do(t, ctx, show(path, look.scheme, look.width))
			snapshot(t, ctx, name)
			checkPage(t, ctx, name, string(axe), look.width)
		}
	}
	if list := seen.take(); len(list) > 0 {
		t.Errorf("the browser complains: %q", list)
	}
	checkTheChecks(t, ctx, &seen, string(axe))
}

// checkTheChecks shows a page spoilt in three ways: what looks for faults
// must see them.
func checkTheChecks(t *testing.T, ctx context.Context, seen *complaints, axe string) { //nolint:revive // as above
	t.Helper()
	spoilt := render(t, format(t, "html"), sample(), lang.Bokmal)
	spoilt = strings.Replace(spoilt, `<html lang="nb">`, `<html>`, 1)
	spoilt = strings.Replace(spoilt, "</main>", `<p style="color:red">a style that is not allowed</p></main>`, 1)
	path := filepath.Join(t.TempDir(), "spoilt.html")
	if err := os.WriteFile(path, []byte(spoilt), 0o600); err != nil {
		t.Fatal(err)
	}
	do(t, ctx, show(path, "light", 1200))
	if list := violations(t, ctx, axe); len(list) == 0 {
		t.Error("axe-core finds nothing wrong with a page without a language")
	}
	if len(seen.take()) == 0 {
		t.Error("the policy lets an inline style through")
	}
}

func checkPage(t *testing.T, ctx context.Context, name, axe string, width int64) { //nolint:revive // as above
	t.Helper()
	ask[*int](t, ctx, `document.querySelectorAll('details').forEach((d) => { d.open = true }), 0`)
	if scroll := ask[int64](t, ctx, `document.documentElement.scrollWidth`); scroll > width {
		t.Errorf("%s: %d px wide, scrolls sideways", name, scroll)
	}
	if weight := ask[string](t, ctx, `getComputedStyle(document.querySelector('h1')).fontWeight`); weight != "650" {
		t.Errorf("%s: the style is not applied (font weight %s)", name, weight)
	}
	for _, v := range violations(t, ctx, axe) {
		t.Errorf("%s: %s", name, v)
	}
}

// violations are what axe-core has to say of the page.
func violations(t *testing.T, ctx context.Context, axe string) (list []string) { //nolint:revive // as above
	t.Helper()
	ask[*int](t, ctx, axe+`;0`)
	found := ask[string](t, ctx, `axe.run({resultTypes: ['violations']}).then((r) => JSON.stringify(r.violations.map((v) =>
		v.id + ': ' + v.help + ' ' + v.nodes.map((n) => n.html + ' ' + n.failureSummary).slice(0, 3).join(' | '))))`)
	if err := json.Unmarshal([]byte(found), &list); err != nil {
		t.Fatalf("%v in %q", err, found)
	}
	return list
}

// snapshot keeps pictures to look at, when a folder for them is named.
func snapshot(t *testing.T, ctx context.Context, name string) { //nolint:revive // as above
	t.Helper()
	dir := os.Getenv("IPLOS_SNAPSHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600); err != nil {
		t.Fatal(err)
	}
}

// The filters hide and show without a script; search, folding and printing
// work with it; what the file holds stays text.
func TestPageWorks(t *testing.T) {
	ctx := browser(t)
	r := sample()
	path := filepath.Join(t.TempDir(), "r.html")
	if err := os.WriteFile(path, []byte(render(t, format(t, "html"), r, lang.Bokmal)), 0o600); err != nil {
		t.Fatal(err)
	}
	count := func(want int, selector, after string) {
		t.Helper()
		js := fmt.Sprintf(`[...document.querySelectorAll(%q)].filter((e) => e.checkVisibility()).length`, selector)
		if n := ask[int](t, ctx, js); n != want {
			t.Errorf("%s: %d of %s, want %d", after, n, selector, want)
		}
	}
	click := func(id string) { t.Helper(); do(t, ctx, chromedp.Click(chromedp.ID(id))) }
	do(t, ctx, show(path, "light", 1200))
	count(6, "details", "at first")
	for range 6 { // what the keyboard reaches can be seen to have been reached
		do(t, ctx, chromedp.KeyEvent("\t"))
		if w := ask[string](t, ctx, `getComputedStyle(document.activeElement).outlineWidth`); w != "3px" {
			t.Errorf("the focus is drawn %s wide on %s", w, ask[string](t, ctx, `document.activeElement.outerHTML.slice(0, 80)`))
		}
	}
	click("f-info")
	count(5, "details", "without information")
	click("f-new")
	count(1, "details", "new ones only")
	count(1, "li.p", "new ones only")
	click("f-new")
	click("open")
	do(t, ctx, chromedp.SendKeys(chromedp.ID("q"), "person 19"))
	count(1, "li.p", "searching for a person")
	ask[bool](t, ctx, `document.getElementById('q').value = 'person 10 '; document.getElementById('q').dispatchEvent(new Event('input'))`)
	count(0, "li.p", "searching for person 10, not 100")
	ask[bool](t, ctx, `document.getElementById('q').value = '<(['; document.getElementById('q').dispatchEvent(new Event('input'))`)
	count(0, "li.p", "searching for signs")
	ask[bool](t, ctx, `document.getElementById('q').value = ''; document.getElementById('q').dispatchEvent(new Event('input'))`)
	click("close")
	count(0, "li.p", "folded")
	if n := ask[int](t, ctx, `document.scripts.length`); n != 1 {
		t.Errorf("%d scripts on the page", n)
	}
	checkPrint(t, ctx)
}

// checkPrint prints with everything folded and without a script: all the
// findings are on paper all the same.
func checkPrint(t *testing.T, ctx context.Context) { //nolint:revive // as above
	t.Helper()
	l := &finding.Log{}
	for i := range 300 {
		l.Add(&finding.Finding{Rule: "R", Line: i + 1, Person: fmt.Sprint(i), Message: "none.such"})
	}
	path := filepath.Join(t.TempDir(), "print.html")
	if err := os.WriteFile(path, []byte(render(t, format(t, "html"), &Report{Findings: l}, lang.Bokmal)), 0o600); err != nil {
		t.Fatal(err)
	}
	off := emulation.SetScriptExecutionDisabledParams{Value: true}
	do(t, ctx, call(emulation.SetScriptExecutionDisabled, off), show(path, "light", 1200))
	pdf, err := chromedp.Run(ctx, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize()))
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("IPLOS_SNAPSHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "print.pdf"), pdf, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(string(pdf), "/Type /Page\n"); n < 6 {
		t.Errorf("printed on %d pages: folded findings are left out", n)
	}
}
