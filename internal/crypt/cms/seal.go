package cms

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // an identifier, as RFC 5280 defines it
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"math/big"
	"slices"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Recipient is one who shall be able to open a message.
type Recipient struct {
	Key *rsa.PublicKey
	// Issuer and Serial name the recipient's certificate; Issuer is the
	// name's own DER. Without them the key identifier of RFC 5280 4.2.1.2 (1)
	// names the key itself.
	Issuer []byte
	Serial *big.Int
}

// RecipientOf returns the recipient with that certificate or, when it is nil,
// that key.
func RecipientOf(cert *x509.Certificate, key *rsa.PublicKey) Recipient {
	if cert == nil {
		return Recipient{Key: key}
	}
	return Recipient{Key: key, Issuer: cert.RawIssuer, Serial: cert.SerialNumber}
}

// Message is a sealed message in three pieces, so that the content is neither
// copied nor moved. Joined they are the DER.
type Message struct{ Header, Body, Trailer []byte }

// Size returns the bytes of the whole message.
func (m Message) Size() int64 {
	return int64(len(m.Header)) + int64(len(m.Body)) + int64(len(m.Trailer))
}

// Bytes returns a copy of the whole message.
func (m Message) Bytes() []byte { return slices.Concat(m.Header, m.Body, m.Trailer) }

// Seal encrypts content under a fresh key for every recipient. Content is
// overwritten: Body is the same memory when cap(content) leaves room for
// [Overhead] bytes.
func Seal(name Suite, to []Recipient, content []byte) (Message, error) {
	s, ok := findSuite(func(s suite) bool { return s.name == name })
	if !ok {
		return Message{}, fmt.Errorf("unknown suite %q", name)
	}
	if len(to) == 0 {
		return Message{}, fmt.Errorf("sealing for no recipient")
	}
	key := make([]byte, keySize)
	defer clear(key)
	_, _ = rand.Read(key) // never fails: crypto/rand ends the process instead
	infos, byKeyID, err := wrap(key, to)
	if err != nil {
		return Message{}, err
	}
	params, body, mac, err := s.seal(key, content)
	if err != nil {
		return Message{}, fmt.Errorf("sealing: %w", err)
	}
	return frame(s, infos, byKeyID, params, body, mac)
}

// wrap encrypts the content key for each recipient and returns the
// KeyTransRecipientInfos in DER order.
func wrap(key []byte, to []Recipient) (infos [][]byte, byKeyID bool, err error) {
	for _, r := range to {
		wrapped, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, r.Key, key, nil)
		if err != nil {
			return nil, false, fmt.Errorf("wrapping the content key: %w", err)
		}
		info, err := recipientInfo(r, wrapped)
		if err != nil {
			return nil, false, err
		}
		infos = append(infos, info)
		byKeyID = byKeyID || r.Issuer == nil
	}
	slices.SortFunc(infos, bytes.Compare) // a SET OF in DER is sorted
	return infos, byKeyID, nil
}

func recipientInfo(r Recipient, wrapped []byte) ([]byte, error) {
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		if r.Issuer != nil {
			b.AddASN1Int64(0)
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddBytes(r.Issuer)
				b.AddASN1BigInt(r.Serial)
			})
		} else {
			b.AddASN1Int64(2)
			b.AddASN1(cbasn1.Tag(0).ContextSpecific(), func(b *cryptobyte.Builder) { b.AddBytes(keyID(r.Key)) })
		}
		addOAEP(b, []byte{5, 0})
		b.AddASN1OctetString(wrapped)
	})
	return b.Bytes()
}

// keyID returns the SHA-1 of the public key's bits.
func keyID(key *rsa.PublicKey) []byte {
	sum := sha1.Sum(x509.MarshalPKCS1PublicKey(key)) //nolint:gosec // see the import
	return sum[:]
}

// addOAEP writes hash and mask generation out although some readers assume
// them; the label is empty, and DER leaves a default out (X.690, 11.5). The
// parameters of SHA-256 are NULL or absent: RFC 4055, 2.1, writes the former,
// OpenSSL the latter, and both must be read.
func addOAEP(b *cryptobyte.Builder, shaParams []byte) {
	sha := func(b *cryptobyte.Builder) { addAlgorithm(b, oidSHA256(), shaParams) }
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oidRSAESOAEP())
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.Tag(0).ContextSpecific().Constructed(), sha)
			b.AddASN1(cbasn1.Tag(1).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) {
				b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
					b.AddASN1ObjectIdentifier(oidMGF1())
					sha(b)
				})
			})
		})
	})
}

func addAlgorithm(b *cryptobyte.Builder, oid asn1.ObjectIdentifier, params []byte) {
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oid)
		b.AddBytes(params)
	})
}

// frame puts the DER around an encrypted content without copying it: the
// lengths are known, so the bytes before it are built from the inside out.
func frame(s suite, infos [][]byte, byKeyID bool, params, body, mac []byte) (Message, error) {
	var trailer []byte
	if s.hasMAC {
		trailer = append([]byte{byte(cbasn1.OCTET_STRING), byte(len(mac))}, mac...)
	}
	contentInfo, err := build(func(b *cryptobyte.Builder) {
		b.AddASN1ObjectIdentifier(oidData())
		addAlgorithm(b, s.algorithm, params)
	})
	if err != nil {
		return Message{}, err
	}
	// RFC 5652, 6.1: version 2 as soon as one recipient is named by key
	// identifier. RFC 5083, 2.1: AuthEnvelopedData is always version 0.
	var version int64
	if byKeyID && !s.hasMAC {
		version = 2
	}
	start, err := build(func(b *cryptobyte.Builder) {
		b.AddASN1Int64(version)
		b.AddASN1(cbasn1.SET, func(b *cryptobyte.Builder) {
			for _, info := range infos {
				b.AddBytes(info)
			}
		})
	})
	if err != nil {
		return Message{}, err
	}
	contentType, err := build(func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(s.contentType) })
	if err != nil {
		return Message{}, err
	}

	head := before(cbasn1.Tag(0).ContextSpecific(), nil, len(body), 0)
	head = before(cbasn1.SEQUENCE, slices.Concat(contentInfo, head), len(body), 0)
	head = before(cbasn1.SEQUENCE, slices.Concat(start, head), len(body), len(trailer))
	head = before(cbasn1.Tag(0).ContextSpecific().Constructed(), head, len(body), len(trailer))
	head = before(cbasn1.SEQUENCE, slices.Concat(contentType, head), len(body), len(trailer))
	return Message{Header: head, Body: body, Trailer: trailer}, nil
}

func build(f func(b *cryptobyte.Builder)) ([]byte, error) {
	var b cryptobyte.Builder
	f(&b)
	return b.Bytes()
}

// before returns tag, length and the first bytes of an element that goes on
// with bodyLen and trailerLen bytes written elsewhere.
func before(tag cbasn1.Tag, first []byte, bodyLen, trailerLen int) []byte {
	n := len(first) + bodyLen + trailerLen
	out := []byte{byte(tag)}
	if n < 0x80 {
		out = append(out, byte(n))
	} else {
		length := big.NewInt(int64(n)).Bytes()
		out = append(out, 0x80|byte(len(length)))
		out = append(out, length...)
	}
	return append(out, first...)
}
