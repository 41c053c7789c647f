package crypt_test

import (
	"bytes"
	"crypto/rsa"
	"path/filepath"
	"strings"
	"testing"

	"iplos/internal/crypt"
	"iplos/internal/crypt/cms"
	"iplos/internal/crypt/keyfile"
	"iplos/internal/crypt/parts"
	"iplos/internal/record"
)

// everything returns all that a private key opens in a package, message by
// message, however the package names them.
func everything(t *testing.T, opts crypt.Options, files []string, key *rsa.PrivateKey) []byte {
	t.Helper()
	var out []byte
	for _, name := range files {
		plain, _, err := cms.Open(read(t, opts.Path, name), []*rsa.PrivateKey{key})
		if err != nil {
			continue
		}
		out = append(out, gunzipped(plain)...)
	}
	return out
}

// Neither key alone gives both an identity number and a health field.
func TestSeparation(t *testing.T) {
	for _, compression := range []parts.Compression{parts.None, parts.Gzip} {
		g := municipality(t, 2017, 50)
		opts := options(filepath.Join(t.TempDir(), "p"), g)
		opts.Compression, opts.PartSize = compression, 0
		sealed := seal(t, opts, g)
		if sealed.Manifest.Separation != crypt.Cryptographic {
			t.Errorf("separation %q", sealed.Manifest.Separation)
		}
		var files []string
		for _, e := range sealed.Files {
			files = append(files, e.Name)
		}
		atRegister, atPseudonymiser := everything(t, opts, files, register().Private), everything(t, opts, files, pseudonymiser().Private)
		if !bytes.Contains(atRegister, []byte("<tjTjenType>")) || !bytes.Contains(atRegister, []byte(`"feedback_password"`)) {
			t.Fatal("the register opens no health data: the test shows nothing")
		}
		numbers := 0
		for p := range g.Persons() {
			number := p.Get(record.PeFnr)
			if len(number) == 0 {
				continue
			}
			numbers++
			if bytes.Contains(atRegister, number) {
				t.Error("the register's key gives an identity number")
			}
			if !bytes.Contains(atPseudonymiser, number) {
				t.Error("the pseudonymiser's key gives no identity number")
			}
		}
		if numbers < 45 {
			t.Errorf("%d identities", numbers)
		}
		for f := record.PePeID; f < record.NumFields; f++ {
			if bytes.Contains(atPseudonymiser, []byte(f.Name())) {
				t.Errorf("the pseudonymiser's key gives %s", f.Name())
			}
		}
		if bytes.Contains(atPseudonymiser, []byte(testPassword)) || bytes.Contains(atPseudonymiser, []byte("kari@")) {
			t.Error("the pseudonymiser's key gives contact or password")
		}
	}
}

// Link ids are new for every submission, one for each person.
func TestLinkIDs(t *testing.T) {
	g := municipality(t, 2017, 30)
	seen := map[string]bool{}
	lines := 0
	for range 2 {
		dir := t.TempDir()
		opts := options(filepath.Join(dir, "p.tar"), g)
		seal(t, opts, g)
		ids := filepath.Join(dir, "ids")
		if _, err := crypt.Open(t.Context(), opts.Path, crypt.OpenOptions{Keys: keys(pseudonymiser()), Identities: ids}); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(read(t, ids))) {
			link, _, _ := strings.Cut(line, ",")
			if seen[link] || len(link) != 32 {
				t.Errorf("link %q", link)
			}
			seen[link] = true
			lines++
		}
	}
	if lines != 60 {
		t.Errorf("%d lines", lines)
	}
}

func TestSeparationByKeys(t *testing.T) {
	one, two, three := register().Key, pseudonymiser().Key, stranger().Key
	type r = crypt.Recipient
	for _, c := range []struct {
		to   []r
		want crypt.Separation
	}{
		{[]r{{keyfile.Register, one}}, crypt.Structural},
		{[]r{{keyfile.Register, one}, {keyfile.Pseudonymiser, one}}, crypt.Structural},
		{[]r{{keyfile.Register, one}, {keyfile.Pseudonymiser, two}}, crypt.Cryptographic},
		{[]r{{keyfile.Pseudonymiser, two}, {keyfile.Register, one}}, crypt.Cryptographic},
		{[]r{{keyfile.Register, one}, {keyfile.Register, two}, {keyfile.Pseudonymiser, three}}, crypt.Cryptographic},
		{[]r{{keyfile.Register, one}, {keyfile.Register, two}, {keyfile.Pseudonymiser, two}}, crypt.Structural},
	} {
		dir := t.TempDir()
		g := municipality(t, 2017, 3)
		opts := options(filepath.Join(dir, "p"), g)
		opts.Recipients = c.to
		sealed := seal(t, opts, g)
		if sealed.Manifest.Separation != c.want || len(sealed.Manifest.Recipients) != len(c.to) {
			t.Errorf("%d recipients: %q, want %q", len(c.to), sealed.Manifest.Separation, c.want)
		}
		if len(c.to) > 1 {
			continue
		}
		msg := filepath.Join(dir, "m.xml")
		if _, err := crypt.Open(t.Context(), opts.Path, crypt.OpenOptions{Keys: keys(register()), Message: msg}); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(read(t, msg), message(t, g)) {
			t.Error("one key that opens both does not give the whole message")
		}
	}
	opts := options(filepath.Join(t.TempDir(), "p"), municipality(t, 2017, 3))
	opts.Recipients = []r{{keyfile.Pseudonymiser, two}}
	if _, err := crypt.NewSealer(t.Context(), opts); err == nil || !strings.Contains(err.Error(), "crypt.no.register") {
		t.Errorf("without a register key: %v", err)
	}
}

// The content digest is that of the message with its identities and without
// iiLagetDato: link ids, keys and the day do not matter, anything else does.
func TestContentDigest(t *testing.T) {
	g := municipality(t, 2017, 20)
	digest := func(day string, lastSex string) string {
		opts := options(filepath.Join(t.TempDir(), "p.tar"), g)
		s, err := crypt.NewSealer(t.Context(), opts)
		if err != nil {
			t.Fatal(err)
		}
		h := g.Header()
		h.SetString(0, record.IiLagetDato, day, 1)
		err = s.Header(h)
		n := 0
		for p := range g.Persons() {
			if n++; n == 20 && lastSex != "" {
				p.SetString(0, record.PeKjonn, lastSex, 1)
			}
			if e := s.Person(p); e != nil {
				err = e
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := s.Seal(source())
		if err != nil {
			t.Fatal(err)
		}
		return sealed.ContentSHA256
	}
	first := digest("20180103", "")
	if again := digest("20180104", ""); again != first {
		t.Error("another day gave another content")
	}
	if digest("20180103", "X") == first {
		t.Error("another person gave the same content")
	}
	blank, err := record.AppendHeader(nil, g.Header(), g.Profile(), record.HeaderOptions{BlankMade: true})
	if err != nil {
		t.Fatal(err)
	}
	full, err := record.AppendHeader(nil, g.Header(), g.Profile(), record.HeaderOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if want := sum(bytes.Replace(message(t, g), full, blank, 1)); first != want {
		t.Errorf("content %s, want %s", first, want)
	}
}

// Identities that are no numbers come back as they were.
func TestStrangeIdentities(t *testing.T) {
	g := municipality(t, 2017, 9)
	dir := t.TempDir()
	opts := options(filepath.Join(dir, "p.tar"), g)
	strange := []string{"", "a,b", `"`, "<&>", "linje\nto", "cr\r\nlf", "æøå", " ", strings.Repeat("x", 5000)}
	var want bytes.Buffer
	w := record.NewWriter(&want, g.Profile())
	s, err := crypt.NewSealer(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Header(g.Header()); err != nil {
		t.Fatal(err)
	}
	if err := w.Header(g.Header()); err != nil {
		t.Fatal(err)
	}
	n := 0
	for p := range g.Persons() {
		p.SetString(0, record.PeFnr, strange[n], 1)
		n++
		if err := s.Person(p); err != nil {
			t.Fatal(err)
		}
		if err := w.Person(p); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Seal(source()); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	msg := filepath.Join(dir, "m.xml")
	opened, err := crypt.Open(t.Context(), opts.Path, crypt.OpenOptions{Keys: bothKeys(), Message: msg, Identities: filepath.Join(dir, "i")})
	if err != nil {
		t.Fatal(err)
	}
	if opened.IdentityLines != len(strange)-1 {
		t.Errorf("%d lines", opened.IdentityLines)
	}
	if !bytes.Equal(read(t, msg), want.Bytes()) {
		t.Error("other identities came back")
	}
}
