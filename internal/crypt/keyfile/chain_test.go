package keyfile_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"math/big"
	"testing"
	"time"

	"iplos/internal/crypt/keyfile"
	"iplos/internal/fault"
)

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

// impostor has the name of an issuer and another key, of so many bits.
func impostor(t testing.TB, of *x509.Certificate, bits int) *x509.Certificate {
	return issue(t, certOptions{
		name: of.Subject.CommonName, bits: bits, usage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, authority: true,
	}, nil, nil)
}
