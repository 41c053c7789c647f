package keyfile_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"math/big"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"iplos/internal/crypt/keyfile"
	"iplos/internal/fault"
)

// rsaKeys are made once: generating takes a while.
var rsaKeys = sync.OnceValue(func() map[int]*rsa.PrivateKey {
	keys := map[int]*rsa.PrivateKey{}
	for _, bits := range []int{1024, 2048, 2056, 3072} { // 2056: a second ordinary one
		k, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			panic(err)
		}
		keys[bits] = k
	}
	return keys
})

func day(year, month, d int) time.Time {
	return time.Date(year, time.Month(month), d, 12, 0, 0, 0, time.UTC)
}

type certOptions struct {
	name      string
	bits      int
	from, to  time.Time
	usage     x509.KeyUsage
	authority bool
	serial    int64
}

// issue makes a certificate; without a parent it signs itself.
func issue(t testing.TB, o certOptions, parent *x509.Certificate, parentKey *rsa.PrivateKey) *x509.Certificate {
	t.Helper()
	if o.from.IsZero() {
		o.from, o.to = day(2017, 11, 30), day(2018, 11, 30)
	}
	key := rsaKeys()[o.bits]
	template := &x509.Certificate{
		SerialNumber: big.NewInt(o.serial + 1), Subject: pkix.Name{CommonName: o.name},
		NotBefore: o.from, NotAfter: o.to, KeyUsage: o.usage,
		IsCA: o.authority, BasicConstraintsValid: o.authority,
	}
	if parent == nil {
		parent, parentKey = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, parentKey)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func plainCert(t testing.TB) *x509.Certificate {
	return issue(t, certOptions{name: "SSB prøve", bits: 3072, usage: x509.KeyUsageKeyEncipherment}, nil, nil)
}

// chain returns a leaf, its issuer and the root.
func chain(t testing.TB) (leaf, middle, root *x509.Certificate) {
	ca := x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	root = issue(t, certOptions{name: "Rot", bits: 2048, usage: ca, authority: true}, nil, nil)
	middle = issue(t, certOptions{name: "Utsteder", bits: 2056, usage: ca, authority: true, serial: 1}, root, rsaKeys()[2048])
	leaf = issue(t, certOptions{name: "SSB prøve", bits: 3072, usage: x509.KeyUsageKeyEncipherment, serial: 2}, middle, rsaKeys()[2056])
	return leaf, middle, root
}

func pemOf(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

func pems(certs ...*x509.Certificate) []byte {
	var out []byte
	for _, c := range certs {
		out = append(out, pemOf("CERTIFICATE", c.Raw)...)
	}
	return out
}

func spki(t testing.TB, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// pkcs7 wraps certificates as RFC 2315 has it.
func pkcs7(t testing.TB, certs ...*x509.Certificate) []byte {
	t.Helper()
	var all []byte
	for _, c := range certs {
		all = append(all, c.Raw...)
	}
	raw := func(class, tag int, b []byte) asn1.RawValue {
		return asn1.RawValue{Class: class, Tag: tag, IsCompound: true, Bytes: b}
	}
	type inner struct{ OID asn1.ObjectIdentifier }
	signed, err := asn1.Marshal(struct {
		Version int
		Digests asn1.RawValue
		Content inner
		Certs   asn1.RawValue
		Signers asn1.RawValue
	}{1, raw(0, 17, nil), inner{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}}, raw(2, 0, all), raw(0, 17, nil)})
	if err != nil {
		t.Fatal(err)
	}
	der, err := asn1.Marshal(struct {
		OID     asn1.ObjectIdentifier
		Content asn1.RawValue
	}{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}, raw(2, 0, signed)})
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func notepad(text []byte) []byte {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(string(text))) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}

func keyOf(t testing.TB, certs ...*x509.Certificate) *keyfile.Key {
	t.Helper()
	k, err := keyfile.Parse(pems(certs...), "ssb.cer")
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func wantFault(t *testing.T, err error, kind fault.Kind, id string) {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.ID != id || f.Kind != kind {
		t.Errorf("got %v, want %s", err, id)
	}
}
