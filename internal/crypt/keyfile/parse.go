package keyfile

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strings"

	"golang.org/x/text/encoding/unicode"

	"iplos/internal/fault"
)

// MaxSize bounds a key file; a chain with its roots is a few kilobytes.
const MaxSize = 1 << 20

// reason is why a file is not taken; it is the end of a text id.
type reason string

// found is what a file held: keys on their own and certificates.
type found struct {
	certificates []*x509.Certificate
	bare         []*rsa.PublicKey
	form         string
}

// Parse reads a public key from any of the forms it is handed around in: PEM
// or DER certificate, bare base64, a chain, SubjectPublicKeyInfo, PKCS #1,
// PKCS #7. Name is the file's, for the errors, which are faults of kind Usage
// that never quote the content.
func Parse(data []byte, name string) (*Key, error) {
	if len(data) > MaxSize {
		return nil, refuse(tooLarge, name)
	}
	text, why := plainText(data)
	if why != "" {
		return nil, refuse(why, name)
	}
	f, why := read(text)
	if why != "" {
		return nil, refuse(why, name)
	}
	key, why := f.choose()
	if why != "" {
		return nil, refuse(why, name)
	}
	return key, nil
}

const (
	empty     reason = "empty"
	tooLarge  reason = "large"
	private   reason = "private"
	openPGP   reason = "openpgp"
	ssh       reason = "ssh"
	notRSA    reason = "ec"
	several   reason = "several"
	requested reason = "request"
	junk      reason = "junk"
)

func refuse(why reason, name string) error {
	ids := map[reason]string{
		empty: "key.file.empty", tooLarge: "key.file.large", private: "key.file.private", openPGP: "key.file.openpgp",
		ssh: "key.file.ssh", notRSA: "key.file.ec", several: "key.file.several", requested: "key.file.request",
		junk: "key.file.junk",
	}
	return fault.New(fault.Usage, ids[why], "file", name)
}

// plainText removes byte order marks; Notepad's "Unicode" is UTF-16.
func plainText(data []byte) ([]byte, reason) {
	if bytes.HasPrefix(data, []byte{0xff, 0xfe}) || bytes.HasPrefix(data, []byte{0xfe, 0xff}) {
		utf16 := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM)
		text, err := utf16.NewDecoder().Bytes(data)
		if err != nil {
			return nil, junk
		}
		data = text
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, empty
	}
	return data, ""
}

func read(data []byte) (found, reason) {
	switch {
	case bytes.Contains(data, []byte("-----BEGIN PGP")), isBinaryPGP(data):
		return found{}, openPGP
	case bytes.Contains(data, []byte("-----BEGIN")):
		return readPEM(data)
	case bytes.HasPrefix(data, []byte("ssh-")), bytes.HasPrefix(data, []byte("---- BEGIN SSH2")):
		return found{}, ssh
	case data[0] == 0x30:
		return readDER(data)
	}
	der, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(string(data)), ""))
	if err != nil || len(der) == 0 || der[0] != 0x30 {
		return found{}, junk
	}
	return readDER(der)
}

// isBinaryPGP looks for a public or secret key packet in front (RFC 9580,
// 4.2): bit 7 set and type 5 or 6, in the old or the new form.
func isBinaryPGP(data []byte) bool {
	c := data[0]
	old, now := c>>2&0x0f, c&0x3f
	return c&0xc0 == 0x80 && (old == 5 || old == 6) || c&0xc0 == 0xc0 && (now == 5 || now == 6)
}

func readPEM(data []byte) (found, reason) {
	var all found
	for {
		block, rest := pem.Decode(data)
		if block == nil {
			break
		}
		data = rest
		f, why := readBlock(block)
		if why != "" {
			return found{}, why
		}
		all.certificates = append(all.certificates, f.certificates...)
		all.bare = append(all.bare, f.bare...)
		all.form = f.form
	}
	if len(all.certificates)+len(all.bare) == 0 {
		return found{}, junk
	}
	return all, ""
}

func readBlock(block *pem.Block) (found, reason) {
	switch {
	case strings.HasSuffix(block.Type, "PRIVATE KEY"):
		clear(block.Bytes)
		return found{}, private
	case strings.HasSuffix(block.Type, "CERTIFICATE REQUEST"):
		return found{}, requested
	case block.Type == "EC PARAMETERS":
		return found{}, notRSA
	default:
		return readDER(block.Bytes)
	}
}

// readDER tries the forms in turn; DER says what it is by its shape only.
func readDER(der []byte) (found, reason) {
	if cert, err := x509.ParseCertificate(der); err == nil {
		return found{certificates: []*x509.Certificate{cert}, form: "certificate"}, ""
	}
	if pub, err := x509.ParsePKIXPublicKey(der); err == nil {
		key, ok := pub.(*rsa.PublicKey)
		if !ok {
			return found{}, notRSA
		}
		return found{bare: []*rsa.PublicKey{key}, form: "spki"}, ""
	}
	if key, err := x509.ParsePKCS1PublicKey(der); err == nil {
		return found{bare: []*rsa.PublicKey{key}, form: "pkcs1"}, ""
	}
	if certs, ok := parsePKCS7(der); ok {
		return found{certificates: certs, form: "pkcs7"}, ""
	}
	if isPrivate(der) {
		return found{}, private
	}
	if _, err := x509.ParseCertificateRequest(der); err == nil {
		return found{}, requested
	}
	return found{}, junk
}

func isPrivate(der []byte) bool {
	_, pkcs1 := x509.ParsePKCS1PrivateKey(der)
	_, pkcs8 := x509.ParsePKCS8PrivateKey(der)
	_, ec := x509.ParseECPrivateKey(der)
	return pkcs1 == nil || pkcs8 == nil || ec == nil || isPKCS12(der) || isEncryptedPKCS8(der)
}

// choose picks the one key a file is about.
func (f found) choose() (*Key, reason) {
	certs := distinct(f.certificates)
	if len(certs) > 1 {
		certs = leaves(certs)
	}
	keys := map[string]*Key{}
	for _, c := range certs {
		pub, ok := c.PublicKey.(*rsa.PublicKey)
		if !ok {
			return nil, notRSA
		}
		k, err := OfPublic(pub)
		if err != nil {
			return nil, junk
		}
		k.Certificate, k.Form, k.Chain = c, f.form, f.certificates
		if _, twice := keys[string(k.SPKI)]; twice {
			return nil, several // two certificates for one key: which one ends when?
		}
		keys[string(k.SPKI)] = k
	}
	for _, pub := range f.bare {
		k, err := OfPublic(pub)
		if err != nil {
			return nil, junk
		}
		if _, certified := keys[string(k.SPKI)]; !certified {
			k.Form = f.form
			keys[string(k.SPKI)] = k
		}
	}
	if len(keys) != 1 {
		return nil, several
	}
	for _, k := range keys {
		return k, ""
	}
	return nil, junk
}

func distinct(certs []*x509.Certificate) []*x509.Certificate {
	var out []*x509.Certificate
	for _, c := range certs {
		twice := false
		for _, o := range out {
			twice = twice || o.Equal(c)
		}
		if !twice {
			out = append(out, c)
		}
	}
	return out
}

// leaves returns the certificates that issued none of the others: of a chain,
// in whatever order, the first. A lone certificate is taken as it is, also
// when it says it is an authority, as OpenSSL's defaults make it say.
func leaves(certs []*x509.Certificate) []*x509.Certificate {
	var out []*x509.Certificate
	for _, c := range certs {
		issuer := false
		for _, o := range certs {
			issuer = issuer || o != c && bytes.Equal(o.RawIssuer, c.RawSubject) && o.CheckSignatureFrom(c) == nil
		}
		if !issuer {
			out = append(out, c)
		}
	}
	return out
}
