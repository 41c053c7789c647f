package sandbox_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"iplos/internal/crypt/container"
	"iplos/internal/peertest"
	"iplos/internal/sandbox"
	"iplos/internal/sandbox/synth"
)

// tab is a page in a headless Chromium that reaches for nothing but us.
type tab struct {
	t   *testing.T
	ctx context.Context
}

func browser(t *testing.T) *tab {
	t.Helper()
	alloc, stop := chromedp.NewExecAllocator(
		context.WithoutCancel(t.Context()), // the clean-up below ends it in good order
		chromedp.ExecPath(peertest.Need(t, "chromium")), chromedp.UserDataDir(t.TempDir()),
		chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.IgnoreCertErrors,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
	)
	first, cancel := chromedp.NewContext(alloc)
	t.Cleanup(func() {
		if err := chromedp.Cancel(first); err != nil {
			t.Log(err)
		}
		cancel()
		stop()
	})
	b := &tab{t, first}
	b.do()
	ctx, end := context.WithTimeout(first, 120*time.Second)
	t.Cleanup(end)
	b.ctx = ctx
	b.do(chromedp.EmulateViewport(1000, 800))
	return b
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, steps...); err != nil {
		b.t.Fatal(err)
	}
}

func ask[T any](b *tab, js string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](js, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

// press clicks a button and waits for the page it leads to.
func (b *tab) press(selector string) {
	b.t.Helper()
	if _, err := chromedp.Run(b.ctx, chromedp.WaitEvent(cdppage.LoadEventFired, nil, chromedp.Click(chromedp.CSS(selector)))); err != nil {
		b.t.Fatal(err)
	}
}

func (b *tab) text() string { return ask[string](b, `document.body.innerText`) }

func (b *tab) wants(texts ...string) {
	b.t.Helper()
	shown := b.text()
	for _, want := range texts {
		if !strings.Contains(shown, want) {
			b.t.Errorf("the page lacks %q:\n%s", want, shown)
		}
	}
}

// look keeps a picture when a folder for them is named, and checks the page
// with axe-core.
func (b *tab) look(name string) {
	b.t.Helper()
	b.picture(name)
	axe, err := os.ReadFile("../../tools/node/node_modules/axe-core/axe.min.js")
	if os.IsNotExist(err) && os.Getenv("IPLOS_PEERS") != "required" {
		return // the rest of the story goes without
	}
	if err != nil {
		b.t.Fatal(err)
	}
	ask[*int](b, string(axe)+`;0`)
	found := ask[string](b, `axe.run({resultTypes: ['violations']}).then((r) => JSON.stringify(r.violations.map((v) =>
		v.id + ': ' + v.help + ' ' + v.nodes.map((n) => n.html).slice(0, 3).join(' | '))))`)
	var list []string
	if err := json.Unmarshal([]byte(found), &list); err != nil || len(list) > 0 {
		b.t.Errorf("%s: %q, %v", name, list, err)
	}
}

func (b *tab) picture(name string) {
	b.t.Helper()
	dir := os.Getenv("IPLOS_SNAPSHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600)
	}
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *tab) login(s *sandbox.Sandbox, ids [4]string, pin string) {
	b.t.Helper()
	a := s.Info().Accounts[0]
	for i, v := range []string{a.Municipality, a.District, a.OrganisationNumber, pin} {
		b.do(chromedp.Clear(chromedp.CSS(ids[i])), chromedp.SendKeys(chromedp.CSS(ids[i]), v))
	}
	b.press(`form#innlogging button`)
}

// One browser for both: starting it is what takes time.
func TestInABrowser(t *testing.T) {
	b := browser(t)
	t.Run("a person delivers", func(t *testing.T) { personDelivers(&tab{t, b.ctx}) })
	t.Run("page sets", func(t *testing.T) { pageSets(&tab{t, b.ctx}) })
}

// A person logs in, at first with the wrong PIN, uploads a sealed package,
// reads the confirmation, logs out, and finds the feedback on the Filsluse.
func personDelivers(b *tab) {
	t := b.t
	s := start(t, sandbox.Options{})
	path := filepath.Join(t.TempDir(), "iplos-0403-00-2017-ovelse.tar")
	seal(t, s, path, container.Tar, generator(t, synth.Options{Persons: 100}))
	pin, err := s.Info().Accounts[0].PIN()
	if err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.Navigate(s.Info().SendemodulURL))
	b.wants("Logg inn", "Kommunenummer", "PIN-kode", "Øvelse")
	b.look("sendemodul-1-login")
	ids := [4]string{"#komnr", "#bydel", "#orgnr", "#pin"}
	b.login(s, ids, "00000000")
	b.wants("avvist")
	b.look("sendemodul-2-refused")
	b.login(s, ids, string(pin.Reveal()))
	b.wants("Send inn fil", "Ingen filer er mottatt")
	b.look("sendemodul-3-upload")
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#fil"), []string{path}))
	b.press(`form#opplasting button`)
	b.wants("Filen er mottatt", "iplos-0403-00-2017-ovelse.tar", "S180105-0001", "neste virkedag kl. 08.00")
	b.look("sendemodul-4-confirmation")
	b.press(`.who a`)
	b.wants("Du er logget ut")
	if out, err := s.Settled(t.Context()); err != nil || len(out) != 1 || out[0].Persons != 100 {
		t.Fatalf("%+v, %v", out, err)
	}
	b.fetchesFeedback(s)
}

func (b *tab) fetchesFeedback(s *sandbox.Sandbox) {
	b.t.Helper()
	a := s.Info().Accounts[0]
	password, err := a.Password()
	if err != nil {
		b.t.Fatal(err)
	}
	b.do(
		chromedp.Navigate(s.Info().FilsluseURL),
		chromedp.SendKeys(chromedp.CSS("#form_username"), a.Mailbox),
		chromedp.SendKeys(chromedp.CSS("#form_password"), string(password.Reveal())),
	)
	b.look("filsluse-1-login")
	b.press("main button")
	b.wants("Filer til deg", "IPLOS_2017_0403_00_S180105-0001.zip", "ny")
	b.look("filsluse-2-files")
}

// The other page sets work in a browser too.
func pageSets(b *tab) {
	t := b.t
	dir := t.TempDir()
	file := filepath.Join(dir, "not-a-package.tar")
	if err := os.WriteFile(file, []byte("not a package"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, set := range []struct{ name, done string }{
		{"aspnet", "Filen er mottatt"}, {"jsf", "Filen er mottatt"}, {"english", "The file has been received"},
	} {
		s := start(t, sandbox.Options{Dir: dir, Scenarios: []string{"pages=" + set.name}})
		pin, err := s.Info().Accounts[0].PIN()
		if err != nil {
			t.Fatal(err)
		}
		b.do(chromedp.Navigate(s.Info().SendemodulURL))
		b.look("set-" + set.name)
		row := func(n string) string { return "#innlogging .row:nth-of-type(" + n + ") input" }
		b.login(s, [4]string{row("1"), row("2"), row("3"), row("4")}, string(pin.Reveal()))
		if set.name == "english" {
			b.press("main .links a")
		}
		b.do(chromedp.SetUploadFiles(chromedp.CSS(`input[type=file]`), []string{file}))
		b.press(`form#opplasting button`)
		b.wants(set.done, "not-a-package.tar")
		if _, err := s.Settled(t.Context()); err == nil {
			t.Error("what is no package was taken for one")
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
