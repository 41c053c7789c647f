package keyfile_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"iplos/internal/crypt/keyfile"
	"iplos/internal/fault"
)

func use() keyfile.Use {
	return keyfile.Use{Year: 2017, Role: keyfile.Register, Now: day(2018, 1, 3)}
}

func keyOf(t testing.TB, certs ...*x509.Certificate) *keyfile.Key {
	t.Helper()
	k, err := keyfile.Parse(pems(certs...), "ssb.cer")
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func ids(concerns []keyfile.Concern, refuse bool) []string {
	var out []string
	for _, c := range concerns {
		if c.Refuse == refuse {
			out = append(out, c.ID)
		}
	}
	return out
}

// Every check has a key that passes and one that does not.
func TestChecks(t *testing.T) {
	leaf, middle, root := chain(t)
	good := keyOf(t, plainCert(t))
	bare, err := keyfile.OfPublic(&rsaKeys()[3072].PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	odd := func(e int) *keyfile.Key {
		k, err := keyfile.OfPublic(&rsa.PublicKey{N: rsaKeys()[3072].N, E: e})
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	with := func(o certOptions) *keyfile.Key {
		if o.bits == 0 {
			o.bits = 3072
		}
		return keyOf(t, issue(t, o, nil, nil))
	}
	enc := x509.KeyUsageKeyEncipherment
	until, byMiddle, byRoot := day(2018, 2, 1), rsaKeys()[2056], rsaKeys()[2048]
	revoked := revocationList(t, middle, byMiddle, until, 100, leaf.SerialNumber.Int64())
	clean := revocationList(t, middle, byMiddle, until, 100)
	newer := revocationList(t, middle, byMiddle, day(2018, 3, 1), 100)
	ofRoot := revocationList(t, root, byRoot, until, middle.SerialNumber.Int64())
	ofRoot2 := revocationList(t, root, byRoot, until, 100)
	forged := revocationList(t, impostor(t, middle, 2048), byRoot, until, 100)
	lists := func(now time.Time, crls ...*x509.RevocationList) func(*keyfile.Use) {
		return func(u *keyfile.Use) { u.Roots, u.CRLs, u.Now = []*x509.Certificate{root}, crls, now }
	}
	for _, c := range []struct {
		name    string
		key     *keyfile.Key
		change  func(*keyfile.Use)
		refuses string
		warns   string
	}{
		{"right fingerprint", good, func(u *keyfile.Use) { u.Fingerprint = keyfile.Groups(good.SPKISHA256()) }, "", ""},
		{"wrong fingerprint", good, func(u *keyfile.Use) { u.Fingerprint = "00" + good.SPKISHA256()[2:] }, "key.check.fingerprint", ""},
		{"not yet", good, func(u *keyfile.Use) { u.Now, u.AcceptEarly = day(2017, 11, 29), true }, "key.check.not-yet", ""},
		{"expired", good, func(u *keyfile.Use) { u.Now = day(2018, 12, 1) }, "key.check.expired", ""},
		{"ends before the deadline", with(certOptions{usage: enc, from: day(2017, 12, 1), to: day(2018, 3, 1)}), nil, "", "key.check.ends-early"},
		{"ends on the deadline", with(certOptions{usage: enc, from: day(2017, 12, 1), to: day(2018, 3, 22)}), nil, "", ""},
		{"no certificate", bare, nil, "", "key.check.bare"},
		{"30 November", with(certOptions{usage: enc, from: day(2017, 11, 1), to: day(2018, 12, 1)}), func(u *keyfile.Use) { u.Now = day(2017, 11, 30) }, "key.check.early", ""},
		{"30 November, accepted", with(certOptions{usage: enc, from: day(2017, 11, 1), to: day(2018, 12, 1)}), func(u *keyfile.Use) { u.Now, u.AcceptEarly = day(2017, 11, 30), true }, "", ""},
		{"1 December", good, func(u *keyfile.Use) { u.Now = day(2017, 12, 1) }, "", ""},
		{"usage without encipherment", with(certOptions{usage: x509.KeyUsageDigitalSignature}), nil, "key.check.usage", ""},
		{"usage absent", with(certOptions{}), nil, "", "key.check.usage-absent"},
		{"1024 bits", with(certOptions{usage: enc, bits: 1024}), nil, "key.check.short", ""},
		{"2048 bits", with(certOptions{usage: enc, bits: 2048}), nil, "", "key.check.weak"},
		{"3072 bits", good, nil, "", ""},
		{"exponent 3", odd(3), nil, "key.check.exponent", ""},
		{"exponent 65535", odd(65535), nil, "key.check.exponent", ""},
		{"even exponent", odd(65538), nil, "key.check.exponent", ""},
		{"exponent 65539", odd(65539), nil, "", "key.check.bare"},
		{"chain not checked", good, nil, "", "key.check.chain-unchecked"},
		{"chain right", keyOf(t, leaf, middle), func(u *keyfile.Use) { u.Roots = []*x509.Certificate{root} }, "", ""},
		{"chain wrong", good, func(u *keyfile.Use) { u.Roots = []*x509.Certificate{root} }, "key.check.chain", ""},
		{"chain without the middle", keyOf(t, leaf), func(u *keyfile.Use) { u.Roots = []*x509.Certificate{root} }, "key.check.chain", ""},
		{"revocation not checked", good, nil, "", "key.check.revocation-unchecked"},
		{"revocation list without a root", keyOf(t, leaf, middle), func(u *keyfile.Use) { u.CRLs = []*x509.RevocationList{clean} }, "", "key.check.revocation-unchecked"},
		{"not revoked", keyOf(t, leaf, middle), lists(day(2018, 1, 3), clean), "", ""},
		{"revoked", keyOf(t, leaf, middle), lists(day(2018, 1, 3), revoked), "key.check.revoked", ""},
		{"revoked, in an old list", keyOf(t, leaf, middle), lists(day(2018, 2, 2), revoked), "key.check.revoked", ""},
		{"old revocation list", keyOf(t, leaf, middle), lists(day(2018, 2, 2), clean), "key.check.crl-old", ""},
		{"one of two lists is current", keyOf(t, leaf, middle), lists(day(2018, 2, 2), clean, newer), "", ""},
		{"its issuer is revoked", keyOf(t, leaf, middle), lists(day(2018, 1, 3), clean, ofRoot), "key.check.revoked", ""},
		{"another issuer's list", keyOf(t, leaf, middle), lists(day(2018, 1, 3), ofRoot2), "key.check.crl-foreign", ""},
		{"a list signed by another", keyOf(t, leaf, middle), lists(day(2018, 1, 3), forged), "key.check.crl-foreign", ""},
	} {
		u := use()
		if c.change != nil {
			c.change(&u)
		}
		got := keyfile.Examine(c.key, u)
		if r := ids(got, true); c.refuses == "" && r != nil || c.refuses != "" && !slices.Contains(r, c.refuses) {
			t.Errorf("%s: refused for %v, want %q", c.name, r, c.refuses)
		}
		w := ids(got, false)
		if c.warns != "" && !slices.Contains(w, c.warns) {
			t.Errorf("%s: warned of %v, want %q", c.name, w, c.warns)
		}
		w = slices.DeleteFunc(w, func(id string) bool {
			return id == c.warns || id == "key.check.chain-unchecked" || id == "key.check.revocation-unchecked"
		})
		if c.refuses == "" && len(w) > 0 {
			t.Errorf("%s: also warned of %v", c.name, w)
		}
	}
}

// impostor has the name of an issuer and another key, of so many bits.
func impostor(t testing.TB, of *x509.Certificate, bits int) *x509.Certificate {
	return issue(t, certOptions{
		name: of.Subject.CommonName, bits: bits, usage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, authority: true,
	}, nil, nil)
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

// Files from IT come as PEM or DER, several in one, with what Windows puts
// before them; anything else is refused.
func TestFilesFromIT(t *testing.T) {
	leaf, middle, root := chain(t)
	list := revocationList(t, middle, rsaKeys()[2056], day(2018, 2, 1))
	for name, data := range map[string][]byte{
		"DER": list.Raw, "PEM with BOM": append([]byte("\xef\xbb\xbf"), pemOf("X509 CRL", list.Raw)...),
	} {
		if got, err := keyfile.ParseCRLs(data, "crl"); err != nil || len(got) != 1 {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	two := append(pemOf("X509 CRL", list.Raw), pemOf("X509 CRL", list.Raw)...)
	if got, err := keyfile.ParseCRLs(two, "crl"); err != nil || len(got) != 2 {
		t.Errorf("two: %v, %v", got, err)
	}
	for name, data := range map[string][]byte{"DER": root.Raw, "PEM": pems(root, middle), "p7b": pkcs7(t, root), "Notepad": notepad(pems(root))} {
		if got, err := keyfile.ParseRoots(data, "rot"); err != nil || !got[0].Equal(root) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for _, data := range [][]byte{nil, []byte("tull"), list.Raw, pemOf("X509 CRL", list.Raw)} {
		if _, err := keyfile.ParseRoots(data, "rot"); fault.KindOf(err) != fault.Usage {
			t.Errorf("roots in %q: %v", data, err)
		}
	}
	for _, data := range [][]byte{nil, []byte("tull"), leaf.Raw, pems(leaf), append(two, pems(leaf)...)} {
		if _, err := keyfile.ParseCRLs(data, "crl"); fault.KindOf(err) != fault.Usage {
			t.Errorf("lists in %q: %v", data, err)
		}
	}
}

func revocationList(t testing.TB, issuer *x509.Certificate, key *rsa.PrivateKey, next time.Time, serials ...int64) *x509.RevocationList {
	t.Helper()
	list := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: day(2018, 1, 1), NextUpdate: next}
	for _, n := range serials {
		list.RevokedCertificateEntries = append(list.RevokedCertificateEntries,
			x509.RevocationListEntry{SerialNumber: big.NewInt(n), RevocationTime: day(2018, 1, 2)})
	}
	der, err := x509.CreateRevocationList(rand.Reader, list, issuer, key)
	if err != nil {
		t.Fatal(err)
	}
	crl, err := keyfile.ParseCRLs(pemOf("X509 CRL", der), "crl.pem")
	if err != nil || len(crl) != 1 {
		t.Fatal(crl, err)
	}
	return crl[0]
}

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

func TestGenerated(t *testing.T) {
	pair, err := keyfile.Generate(keyfile.GenerateOptions{CommonName: "Øvelse", NotBefore: day(2017, 12, 1), NotAfter: day(2018, 12, 1)})
	if err != nil {
		t.Fatal(err)
	}
	k, err := keyfile.Parse(pair.CertificatePEM, "øvelse.pem")
	if err != nil || k.SPKISHA256() != pair.Key.SPKISHA256() {
		t.Fatalf("%v, %v", k, err)
	}
	if got := keyfile.Examine(k, use()); ids(got, true) != nil || len(ids(got, false)) != 2 {
		t.Errorf("our own key: %v", got)
	}
	private, err := keyfile.ParsePrivate(pair.PrivatePEM, "øvelse.key")
	if err != nil || !private.Equal(pair.Private) {
		t.Errorf("%v", err)
	}
}

func TestPrivateKeysRefused(t *testing.T) {
	key := rsaKeys()[2048]
	good := map[string][]byte{
		"PKCS1 PEM": pemOf("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key)),
		"PKCS1 DER": x509.MarshalPKCS1PrivateKey(key),
	}
	for name, data := range good {
		if got, err := keyfile.ParsePrivate(data, name); err != nil || !got.Equal(key) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for id, data := range map[string][]byte{
		"key.private.wanted":    pems(plainCert(t)),
		"key.private.encrypted": pemOf("ENCRYPTED PRIVATE KEY", []byte{1}),
	} {
		_, err := keyfile.ParsePrivate(data, "x")
		wantFault(t, err, fault.Usage, id)
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

func wantFault(t *testing.T, err error, kind fault.Kind, id string) {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.ID != id || f.Kind != kind {
		t.Errorf("got %v, want %s", err, id)
	}
}
