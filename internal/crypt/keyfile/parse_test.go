package keyfile_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"iplos/internal/crypt/keyfile"
	"iplos/internal/fault"
	"iplos/internal/peertest"
)

// Every form gives the same fingerprint.
func TestForms(t *testing.T) {
	leaf, middle, root := chain(t)
	pub := rsaKeys()[3072].PublicKey
	crlf := func(b []byte) []byte { return []byte(strings.ReplaceAll(string(b), "\n", "\r\n")) }
	b64 := base64.StdEncoding.EncodeToString(leaf.Raw)
	forms := map[string][]byte{
		"PEM certificate":        pems(leaf),
		"DER certificate":        leaf.Raw,
		"PEM with BOM and CRLF":  append([]byte("\xef\xbb\xbf"), crlf(pems(leaf))...),
		"PEM as UTF-16":          notepad(pems(leaf)),
		"PEM with text around":   append([]byte("Subject: SSB\r\n\r\n"), append(pems(leaf), "slutt\n"...)...),
		"bare base64":            []byte(b64),
		"bare base64 in lines":   []byte(b64[:64] + "\r\n" + b64[64:200] + "\n" + b64[200:] + "\n"),
		"chain":                  pems(leaf, middle, root),
		"chain in another order": pems(root, leaf, middle),
		"the same twice":         pems(leaf, leaf),
		"SPKI PEM":               pemOf("PUBLIC KEY", spki(t, &pub)),
		"SPKI DER":               spki(t, &pub),
		"SPKI bare base64":       []byte(base64.StdEncoding.EncodeToString(spki(t, &pub))),
		"PKCS1 PEM":              pemOf("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(&pub)),
		"PKCS1 DER":              x509.MarshalPKCS1PublicKey(&pub),
		"p7b DER":                pkcs7(t, leaf),
		"p7b PEM":                pemOf("PKCS7", pkcs7(t, leaf)),
		"p7b CMS PEM":            pemOf("CMS", pkcs7(t, leaf)),
		"p7b with the chain":     pkcs7(t, root, middle, leaf),
		"certificate and key":    append(pems(leaf), pemOf("PUBLIC KEY", spki(t, &pub))...),
		"a lone authority":       pems(issue(t, certOptions{name: "Selvsignert", bits: 3072, authority: true}, nil, nil)),
	}
	want, err := keyfile.OfPublic(&pub)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range forms {
		k, err := keyfile.Parse(data, "ssb.cer")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if k.SPKISHA256() != want.SPKISHA256() || k.Form == "" {
			t.Errorf("%s: another fingerprint, form %q", name, k.Form)
		}
	}
}

func TestRefusedFiles(t *testing.T) {
	one, other := plainCert(t), issue(t, certOptions{name: "Annen", bits: 2048}, nil, nil)
	again := issue(t, certOptions{name: "SSB prøve", bits: 3072, serial: 9}, nil, nil)
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	edPub, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	marshal := func(key any) []byte {
		der, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	ecCert, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(1)},
		&x509.Certificate{SerialNumber: big.NewInt(1)}, &ec.PublicKey, ec)
	if err != nil {
		t.Fatal(err)
	}
	request, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{}, rsaKeys()[2048])
	if err != nil {
		t.Fatal(err)
	}
	rsaKey := rsaKeys()[2048]
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"nothing":                      {nil, "key.file.empty"},
		"white space":                  {[]byte("\xef\xbb\xbf \r\n"), "key.file.empty"},
		"large":                        {make([]byte, 1<<20+1), "key.file.large"},
		"private PKCS8 PEM":            {pemOf("PRIVATE KEY", marshal(rsaKey)), "key.file.private"},
		"private PKCS8 DER":            {marshal(rsaKey), "key.file.private"},
		"private PKCS1 PEM":            {pemOf("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey)), "key.file.private"},
		"private PKCS1 base64":         {[]byte(base64.StdEncoding.EncodeToString(x509.MarshalPKCS1PrivateKey(rsaKey))), "key.file.private"},
		"private encrypted":            {pemOf("ENCRYPTED PRIVATE KEY", []byte{0x30, 0}), "key.file.private"},
		"certificate with private key": {append(pems(one), pemOf("PRIVATE KEY", marshal(rsaKeys()[3072]))...), "key.file.private"},
		"private EC":                   {marshal(ec), "key.file.private"},
		"private Ed25519":              {marshal(edKey), "key.file.private"},
		"OpenSSH private":              {pemOf("OPENSSH PRIVATE KEY", []byte("x")), "key.file.private"},
		"OpenPGP":                      {[]byte("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQENB\n-----END PGP PUBLIC KEY BLOCK-----\n"), "key.file.openpgp"},
		"OpenPGP binary, old":          {[]byte{0x99, 0x01, 0x0d, 0x04}, "key.file.openpgp"},
		"OpenPGP binary, new":          {[]byte{0xc6, 0x33, 0x04}, "key.file.openpgp"},
		"SSH":                          {[]byte("ssh-rsa AAAAB3NzaC1yc2E kari@host"), "key.file.ssh"},
		"EC SPKI":                      {spki(t, &ec.PublicKey), "key.file.ec"},
		"EC certificate":               {pemOf("CERTIFICATE", ecCert), "key.file.ec"},
		"Ed25519 SPKI":                 {pemOf("PUBLIC KEY", spki(t, edPub)), "key.file.ec"},
		"two certificates":             {pems(one, other), "key.file.several"},
		"two for one key":              {pems(one, again), "key.file.several"},
		"two bare keys":                {append(pemOf("PUBLIC KEY", spki(t, &rsaKeys()[2048].PublicKey)), pemOf("PUBLIC KEY", spki(t, &rsaKeys()[3072].PublicKey))...), "key.file.several"},
		"two in a p7b":                 {pkcs7(t, one, other), "key.file.several"},
		"request":                      {pemOf("CERTIFICATE REQUEST", request), "key.file.request"},
		"request DER":                  {request, "key.file.request"},
		"text":                         {[]byte("Dette er ikke en nøkkel."), "key.file.junk"},
		"HTML":                         {[]byte("<html><body>Logg inn</body></html>"), "key.file.junk"},
		"cut certificate":              {one.Raw[:len(one.Raw)-1], "key.file.junk"},
		"DER with more after":          {append(append([]byte{}, one.Raw...), 0), "key.file.junk"},
		"cut PEM":                      {pems(one)[:300], "key.file.junk"},
		"base64 of text":               {[]byte(base64.StdEncoding.EncodeToString([]byte("hei hei hei"))), "key.file.junk"},
		"empty sequence":               {[]byte{0x30, 0}, "key.file.junk"},
	} {
		_, err := keyfile.Parse(c.data, "ssb.cer")
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || f.ID != c.want || f.Kind != fault.Usage {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
}

// What OpenSSL makes is read as OpenSSL means it.
func TestOpenSSLForms(t *testing.T) {
	openssl := peertest.Need(t, "openssl")
	dir := t.TempDir()
	run := func(args ...string) string {
		cmd := exec.Command(openssl, args...)
		cmd.Dir = dir
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("openssl %v: %v", args, err)
		}
		return string(out)
	}
	run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "k.pem", "-out", "c.pem", "-days", "30", "-subj", "/CN=SSB")
	run("crl2pkcs7", "-nocrl", "-certfile", "c.pem", "-out", "p.pem")
	run("crl2pkcs7", "-nocrl", "-certfile", "c.pem", "-outform", "DER", "-out", "p.der")
	run("x509", "-in", "c.pem", "-outform", "DER", "-out", "c.der")
	run("x509", "-in", "c.pem", "-pubkey", "-noout", "-out", "pub.pem")
	run("rsa", "-in", "k.pem", "-RSAPublicKey_out", "-out", "pkcs1.pem")
	run("pkcs12", "-export", "-in", "c.pem", "-inkey", "k.pem", "-passout", "pass:x", "-out", "k.pfx")
	run("pkcs8", "-in", "k.pem", "-topk8", "-outform", "DER", "-passout", "pass:x", "-out", "k.enc")
	run("pkey", "-in", "k.pem", "-pubout", "-outform", "DER", "-out", "spki.der")
	want, _, _ := strings.Cut(run("dgst", "-sha256", "-r", "spki.der"), " ")
	sha1, _, _ := strings.Cut(run("dgst", "-sha1", "-r", "c.der"), " ")

	for _, name := range []string{"c.pem", "c.der", "p.pem", "p.der", "pub.pem", "pkcs1.pem"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		k, err := keyfile.Parse(data, name)
		if err != nil || k.SPKISHA256() != want {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if k.Certificate != nil && k.CertificateSHA1() != sha1 {
			t.Errorf("%s: Windows would show %s, not %s", name, sha1, k.CertificateSHA1())
		}
	}
	for _, name := range []string{"k.pem", "k.pfx", "k.enc"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := keyfile.Parse(data, name); err == nil || !strings.Contains(err.Error(), "key.file.private") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	leaf, middle, root := chain(f)
	f.Add(pems(leaf, middle, root))
	f.Add(pkcs7(f, leaf, root))
	f.Add(leaf.Raw)
	f.Add([]byte{0x99, 1})
	f.Add([]byte("MIIB"))
	f.Fuzz(func(t *testing.T, data []byte) {
		k, err := keyfile.Parse(data, "f")
		if err != nil {
			return
		}
		again, err := keyfile.Parse(pemOf("PUBLIC KEY", k.SPKI), "f") // as a pin keeps it
		if err != nil || !again.Public.Equal(k.Public) || again.SPKISHA256() != k.SPKISHA256() {
			t.Errorf("read back: %v, %v", again, err)
		}
	})
}

func TestFingerprints(t *testing.T) {
	const hex = "00112233445566778899aabbccddeeff"
	if got := keyfile.Groups(hex); got != "0011 2233 4455 6677 8899 aabb ccdd eeff" {
		t.Error(got)
	}
	for _, same := range []string{hex, strings.ToUpper(hex), keyfile.Groups(hex), "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF"} {
		if !keyfile.SameFingerprint(hex, same) {
			t.Errorf("%q differs", same)
		}
	}
	if keyfile.SameFingerprint(hex, hex[1:]) {
		t.Error("a shorter one is the same")
	}
}
