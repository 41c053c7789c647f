package keyfile_test

import (
	"crypto/x509"
	"testing"

	"iplos/internal/crypt/keyfile"
	"iplos/internal/fault"
)

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
