package keyfile_test

import (
	"crypto/rsa"
	"crypto/x509"
	"slices"
	"testing"
	"time"

	"iplos/internal/crypt/keyfile"
)

func use() keyfile.Use {
	return keyfile.Use{Year: 2017, Role: keyfile.Register, Now: day(2018, 1, 3)}
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
