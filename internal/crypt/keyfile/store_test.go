package keyfile_test

import (
	"bytes"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"iplos/internal/crypt/keyfile"
	"iplos/internal/fault"
)

func TestPins(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "tilstand")
	s := open(t, dir)
	k := keyOf(t, plainCert(t))
	kari := keyfile.Confirmation{By: "kari", Text: "på telefon med SSB", File: "/home/kari/ssb.cer"}

	wantFault(t, importErr(s, k, use(), keyfile.Confirmation{By: "kari"}), fault.Usage, "key.unconfirmed")
	u := use()
	u.Fingerprint = "00"
	wantFault(t, importErr(s, k, u, kari), fault.Integrity, "key.check.fingerprint")
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Error("a refused import left something")
	}
	if err := importErr(s, k, use(), kari); err != nil {
		t.Fatal(err)
	}

	s = open(t, dir)
	p, err := s.Find(2017, keyfile.Register)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := p.Key(); err != nil || got.SPKISHA256() != k.SPKISHA256() || got.Certificate == nil {
		t.Errorf("%v, %v", got, err)
	}
	if len(s.Audit()) != 1 || s.Audit()[0].By != "kari" || s.Audit()[0].Confirmed != "på telefon med SSB" ||
		s.Audit()[0].File != "ssb.cer" || s.Audit()[0].SPKISHA256 != k.SPKISHA256() || !s.Audit()[0].At.Equal(use().Now) {
		t.Errorf("audit %+v", s.Audit())
	}
	_, err = s.Find(2017, keyfile.Pseudonymiser)
	wantFault(t, err, fault.Usage, "key.missing")
	_, err = s.Find(2018, keyfile.Register)
	wantFault(t, err, fault.Usage, "key.other-year")
}

// What was checked with files from IT stands in the pin, and the certificates
// between stay with it: the chain can be checked again without the file.
func TestPinKeepsTheChain(t *testing.T) {
	leaf, middle, root := chain(t)
	s, err := keyfile.OpenStore(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	u := use()
	u.Roots, u.CRLs = []*x509.Certificate{root}, []*x509.RevocationList{revocationList(t, middle, rsaKeys()[2056], day(2018, 2, 1))}
	if _, err := s.Import(keyOf(t, middle, leaf), u, keyfile.Confirmation{Text: "Kari"}); err != nil {
		t.Fatal(err)
	}
	pin, err := s.Find(2017, keyfile.Register)
	if err != nil || !slices.Equal(pin.Checked, []string{"chain", "revocation"}) || !slices.Equal(s.Audit()[0].Checked, pin.Checked) {
		t.Fatalf("%+v, %v", pin, err)
	}
	concerns, err := s.Verify(pin, keyfile.Use{Now: day(2018, 1, 4), Roots: u.Roots, CRLs: u.CRLs})
	if err != nil || len(concerns) > 0 {
		t.Errorf("%v, %v", concerns, err)
	}
	concerns, err = s.Verify(pin, keyfile.Use{Now: day(2018, 1, 4), Roots: []*x509.Certificate{impostor(t, root, 2056)}})
	if err != nil || !slices.Contains(ids(concerns, true), "key.check.chain") {
		t.Errorf("a root of the same name: %v, %v", concerns, err)
	}
}

func TestNextYearsKey(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	long := keyOf(t, issue(t, certOptions{bits: 3072, usage: x509.KeyUsageKeyEncipherment, from: day(2017, 1, 1), to: day(2020, 1, 1)}, nil, nil))
	other := keyOf(t, issue(t, certOptions{bits: 2048, usage: x509.KeyUsageKeyEncipherment, from: day(2017, 1, 1), to: day(2020, 1, 1)}, nil, nil))
	c := keyfile.Confirmation{By: "kari", Text: "ja"}
	if err := importErr(s, long, use(), c); err != nil {
		t.Fatal(err)
	}
	next := use()
	next.Year, next.Now = 2018, day(2019, 1, 2)
	wantFault(t, importErr(s, long, next, c), fault.Usage, "key.check.unchanged")
	next.AcceptUnchanged = true
	if err := importErr(s, long, next, c); err != nil {
		t.Fatal(err)
	}
	if a := s.Audit(); !slices.Equal(a[len(a)-1].Accepted, []string{"unchanged"}) {
		t.Errorf("audit %+v", a)
	}

	wantFault(t, importErr(s, other, use(), c), fault.Usage, "key.taken")
	c.Replace = true
	if err := importErr(s, other, use(), c); err != nil {
		t.Fatal(err)
	}
	if a := s.Audit(); len(a) != 3 || a[2].Action != "replace" || len(s.Pins()) != 2 || s.Pins()[0].Year != 2018 {
		t.Errorf("audit %+v, pins %+v", a, s.Pins())
	}
	both := use()
	both.Role = keyfile.Pseudonymiser
	concerns, err := s.Import(other, both, c)
	if err != nil || !slices.Contains(ids(concerns, false), "key.check.both-roles") {
		t.Errorf("%v, %v", concerns, err)
	}
}

func TestPinThatWasChanged(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	one, other := plainCert(t), issue(t, certOptions{bits: 2048}, nil, nil)
	if err := importErr(s, keyOf(t, one), use(), keyfile.Confirmation{By: "kari", Text: "ja"}); err != nil {
		t.Fatal(err)
	}
	p, err := s.Find(2017, keyfile.Register)
	if err != nil {
		t.Fatal(err)
	}
	p.PEM = string(pems(other))
	_, err = p.Key()
	wantFault(t, err, fault.Integrity, "key.pin.changed")
	_, err = s.Verify(p, use())
	wantFault(t, err, fault.Integrity, "key.pin.changed")

	path := filepath.Join(dir, "keys.json")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for id, bad := range map[string][]byte{
		"key.store.damaged": data[:len(data)/2],
		"key.store.newer":   bytes.Replace(data, []byte(`"format": 1`), []byte(`"format": 2`), 1),
	} {
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := keyfile.OpenStore(dir)
		if f, ok := errors.AsType[*fault.Error](err); !ok || f.ID != id {
			t.Errorf("%v, want %s", err, id)
		}
	}
}

func TestReminders(t *testing.T) {
	s := open(t, t.TempDir())
	at := func(now time.Time) []string { return ids(s.Reminders(2017, now), false) }
	if got := at(day(2017, 11, 30)); got != nil {
		t.Errorf("November: %v", got)
	}
	if got := at(day(2017, 12, 1)); !slices.Equal(got, []string{"key.due"}) {
		t.Errorf("December: %v", got)
	}
	k := keyOf(t, plainCert(t)) // to 30 November 2018, 12:00
	if err := importErr(s, k, use(), keyfile.Confirmation{By: "kari", Text: "ja"}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		now  time.Time
		want []string
	}{
		{day(2018, 9, 30), nil},
		{day(2018, 10, 1), []string{"key.expires.soon"}},
		{day(2018, 10, 30), []string{"key.expires.soon"}},
		{day(2018, 10, 31), []string{"key.expires.month"}},
		{day(2018, 11, 22), []string{"key.expires.month"}},
		{day(2018, 11, 23), []string{"key.expires.week"}},
		{day(2018, 11, 30), []string{"key.expires.ended"}},
	} {
		if got := at(c.now); !slices.Equal(got, c.want) {
			t.Errorf("%v: %v, want %v", c.now, got, c.want)
		}
	}
	p, err := s.Find(2017, keyfile.Register)
	if err != nil {
		t.Fatal(err)
	}
	u := use()
	u.Now = day(2018, 12, 24)
	concerns, err := s.Verify(p, u)
	if err != nil || !slices.Equal(ids(concerns, true), []string{"key.check.expired"}) {
		t.Errorf("%v, %v", concerns, err)
	}
}

func open(t *testing.T, dir string) *keyfile.Store {
	t.Helper()
	s, err := keyfile.OpenStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func importErr(s *keyfile.Store, k *keyfile.Key, u keyfile.Use, c keyfile.Confirmation) error {
	_, err := s.Import(k, u, c)
	return err
}
