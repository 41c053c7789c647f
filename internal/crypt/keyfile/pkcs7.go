package keyfile

import (
	"crypto/x509"
	"encoding/asn1"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// maxCertificates bounds a chain.
const maxCertificates = 32

// parsePKCS7 reads the certificates of a SignedData without signatures, which
// is what a .p7b is (RFC 2315, 9.1).
func parsePKCS7(der []byte) ([]*x509.Certificate, bool) {
	in := cryptobyte.String(der)
	var outer, explicit, data, certs cryptobyte.String
	var contentType asn1.ObjectIdentifier
	var version int
	if !in.ReadASN1(&outer, cbasn1.SEQUENCE) ||
		!outer.ReadASN1ObjectIdentifier(&contentType) ||
		!contentType.Equal(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}) ||
		!outer.ReadASN1(&explicit, cbasn1.Tag(0).ContextSpecific().Constructed()) ||
		!explicit.ReadASN1(&data, cbasn1.SEQUENCE) ||
		!data.ReadASN1Integer(&version) ||
		!data.SkipASN1(cbasn1.SET) || !data.SkipASN1(cbasn1.SEQUENCE) ||
		!data.ReadASN1(&certs, cbasn1.Tag(0).ContextSpecific().Constructed()) {
		return nil, false
	}
	var out []*x509.Certificate
	for !certs.Empty() {
		var element cryptobyte.String
		if len(out) == maxCertificates || !certs.ReadASN1Element(&element, cbasn1.SEQUENCE) {
			return nil, false
		}
		cert, err := x509.ParseCertificate(element)
		if err != nil {
			return nil, false
		}
		out = append(out, cert)
	}
	return out, len(out) > 0
}

// isPKCS12 tells a .pfx: version 3, then a ContentInfo (RFC 7292, 4).
func isPKCS12(der []byte) bool {
	in := cryptobyte.String(der)
	var outer, info cryptobyte.String
	var version int
	var contentType asn1.ObjectIdentifier
	return in.ReadASN1(&outer, cbasn1.SEQUENCE) && outer.ReadASN1Integer(&version) && version == 3 &&
		outer.ReadASN1(&info, cbasn1.SEQUENCE) && info.ReadASN1ObjectIdentifier(&contentType)
}

// isEncryptedPKCS8 tells an EncryptedPrivateKeyInfo (RFC 5958, 3) by its
// password-based algorithm (1.2.840.113549.1.5 or .12.1).
func isEncryptedPKCS8(der []byte) bool {
	in := cryptobyte.String(der)
	var outer, algorithm cryptobyte.String
	var oid asn1.ObjectIdentifier
	if !in.ReadASN1(&outer, cbasn1.SEQUENCE) || !outer.ReadASN1(&algorithm, cbasn1.SEQUENCE) ||
		!algorithm.ReadASN1ObjectIdentifier(&oid) {
		return false
	}
	pkcs5, pkcs12 := asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5}, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 1}
	return len(oid) > 6 && (oid[:6].Equal(pkcs5) || oid[:7].Equal(pkcs12))
}
