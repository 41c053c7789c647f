package sendemodul_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"iplos/internal/sandbox/sendemodul"
)

func TestEveryVariantTakesAFile(t *testing.T) {
	for _, name := range sendemodul.Variants() {
		t.Run(name, func(t *testing.T) {
			st := start(t, sendemodul.Options{Variant: name})
			res, err := st.send(st.uploadPage(t), map[string]string{"iplos.tar": "sealed bytes"})
			p := st.read(t, res, err)
			if p.code != 200 || !strings.Contains(p.text, "S180103-0001") || !strings.Contains(p.text, "iplos.tar") {
				t.Fatalf("answer %d: %s", p.code, p.text)
			}
			if len(st.got) != 1 || len(st.got[0].Files) != 1 {
				t.Fatalf("delivered: %+v", st.got)
			}
			f := st.got[0].Files[0]
			sum := sha256.Sum256([]byte("sealed bytes"))
			data, err := os.ReadFile(st.got[0].Path(f))
			if err != nil || string(data) != "sealed bytes" || f.SHA256 != hex.EncodeToString(sum[:]) {
				t.Errorf("stored %q (%v), %+v", data, err, f)
			}
			st.assertNoSecret(t)
		})
	}
}

func TestSeveralFilesInOneForm(t *testing.T) {
	st := start(t, sendemodul.Options{Variant: "multiple"})
	res, err := st.send(st.uploadPage(t), map[string]string{"part-0001.p7m": "a", "manifest.p7m": "b"})
	p := st.read(t, res, err)
	if len(st.got) != 1 || len(st.got[0].Files) != 2 || !strings.Contains(p.text, "part-0001.p7m") {
		t.Fatalf("delivered %+v; page %s", st.got, p.text)
	}
	plain := start(t, sendemodul.Options{})
	res, err = plain.send(plain.uploadPage(t), map[string]string{"a": "a", "b": "b"})
	if p := plain.read(t, res, err); len(plain.got) != 0 || !strings.Contains(p.text, "Bare én fil") {
		t.Errorf("a form for one file took two: %s", p.text)
	}
}

func TestLoginNeedsAllFour(t *testing.T) {
	st := start(t, sendemodul.Options{})
	p := st.login(t, "wrong")
	if !strings.Contains(p.text, "avvist") || st.trail.Count("sendemodul", "login") != 1 {
		t.Fatalf("page: %s", p.text)
	}
	for i := range 3 {
		p := st.get(t, st.URL+sendemodul.Base)
		f := p.forms[0]
		right := []string{"0403", "00", "800000009", pin}
		right[i] = "9" + right[i][1:]
		for k, v := range right {
			f.values.Set(f.names[k], v)
		}
		res, err := st.c.PostForm(p.resolve(t, f.action), f.values)
		if q := st.read(t, res, err); !strings.Contains(q.text, "avvist") {
			t.Errorf("field %d wrong, yet: %s", i, q.text)
		}
	}
	st.assertNoSecret(t)
}

func TestFormsNeedTheirToken(t *testing.T) {
	for _, variant := range []string{"plain", "aspnet", "jsf"} {
		st := start(t, sendemodul.Options{Variant: variant})
		p := st.uploadPage(t)
		for name := range p.forms[len(p.forms)-1].values {
			if strings.Contains(name, "oken") || strings.Contains(name, "iew") || strings.Contains(name, "VIEWSTATE") {
				p.forms[len(p.forms)-1].values.Set(name, "forged")
			}
		}
		res, err := st.send(p, map[string]string{"a": "a"})
		if q := st.read(t, res, err); q.code != 403 || len(st.got) != 0 {
			t.Errorf("%s: forged token answered %d, delivered %d", variant, q.code, len(st.got))
		}
	}
}

func TestSessionRunsOut(t *testing.T) {
	st := start(t, sendemodul.Options{})
	p := st.uploadPage(t)
	st.now = st.now.Add(time.Hour)
	res, err := st.send(p, map[string]string{"a": "a"})
	if q := st.read(t, res, err); !strings.Contains(q.text, "utløpt") || len(st.got) != 0 {
		t.Errorf("after an hour: %s", q.text)
	}
}

func TestLogout(t *testing.T) {
	for _, variant := range []string{"plain", "aspnet"} {
		st := start(t, sendemodul.Options{Variant: variant})
		p := st.uploadPage(t)
		address, post := p.links["Logg ut"], url.Values{}
		if address == "" {
			address, post = p.forms[0].action, p.forms[0].values
		}
		res, err := st.c.PostForm(p.resolve(t, address), post)
		if q := st.read(t, res, err); !strings.Contains(q.text, "logget ut") {
			t.Fatalf("%s: %s", variant, q.text)
		}
		res, err = st.send(p, map[string]string{"a": "a"})
		if st.read(t, res, err); len(st.got) != 0 {
			t.Errorf("%s: took a file after log-out", variant)
		}
	}
}

func TestAddressWithoutItsLastSlash(t *testing.T) {
	st := start(t, sendemodul.Options{})
	for _, path := range []string{"", "/", "/Sendemodul", "/Sendemodul/", "/Sendemodul/logginn"} {
		if p := st.get(t, st.URL+path); !strings.Contains(p.text, "Kommunenummer") {
			t.Errorf("%q: %d %s", path, p.code, p.text)
		}
	}
}

func TestRestartKnowsWhatCame(t *testing.T) {
	st := start(t, sendemodul.Options{})
	_, _ = st.send(st.uploadPage(t), map[string]string{"a.tar": "a"})
	if err := os.Mkdir(st.dir+"/incoming-torn", 0o700); err != nil {
		t.Fatal(err)
	}
	again, err := sendemodul.New(sendemodul.Options{Dir: st.dir, Now: func() time.Time { return st.now }, Trail: st.trail})
	if err != nil {
		t.Fatal(err)
	}
	got := again.Deliveries()
	if len(got) != 1 || got[0].Reference != "S180103-0001" || got[0].Files[0].Name != "a.tar" {
		t.Errorf("after a restart: %+v", got)
	}
	if _, err := os.Stat(st.dir + "/incoming-torn"); err == nil {
		t.Error("a torn upload was kept")
	}
}
