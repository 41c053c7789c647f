package cms

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/asn1"
	"errors"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Suite names how content is encrypted.
type Suite string

// The suites: GCM is the package's own, CBC for receivers whose software
// does not open AuthEnvelopedData.
const (
	GCM Suite = "gcm"
	CBC Suite = "cbc"
)

// Suites returns the suites, the preferred one first.
func Suites() []Suite { return []Suite{GCM, CBC} }

// Overhead is the most bytes that encryption adds to a content: room for it
// after the content lets Seal work in place.
const Overhead = 16

const (
	keySize   = 32
	nonceSize = 12
	tagSize   = 16
)

// suite is one row of the table: the message type and what turns content
// into its encrypted form and back. All work in place.
type suite struct {
	name        Suite
	contentType asn1.ObjectIdentifier
	algorithm   asn1.ObjectIdentifier
	hasMAC      bool
	seal        func(key, content []byte) (params, body, mac []byte, err error)
	open        func(key, params, body, mac []byte) ([]byte, error)
}

func suites() []suite {
	return []suite{
		{GCM, oidAuthEnvelopedData(), oidAES256GCM(), true, sealGCM, openGCM},
		{CBC, oidEnvelopedData(), oidAES256CBC(), false, sealCBC, openCBC},
	}
}

func findSuite(match func(suite) bool) (suite, bool) {
	for _, s := range suites() {
		if match(s) {
			return s, true
		}
	}
	return suite{}, false
}

// sealGCM follows RFC 5084: a 12-byte nonce, fresh as the key is, and the
// full tag. Without authenticated attributes there is no additional data.
func sealGCM(key, content []byte) (params, body, mac []byte, err error) {
	aead, err := newGCM(key)
	if err != nil {
		return nil, nil, nil, err
	}
	nonce := make([]byte, nonceSize)
	_, _ = rand.Read(nonce) // never fails: crypto/rand ends the process instead
	sealed := aead.Seal(content[:0], nonce, content, nil)
	cut := len(sealed) - tagSize

	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1OctetString(nonce)
		b.AddASN1Int64(tagSize)
	})
	params, err = b.Bytes()
	return params, sealed[:cut:cut], sealed[cut:], err
}

func openGCM(key, params, body, mac []byte) ([]byte, error) {
	in := cryptobyte.String(params)
	var seq cryptobyte.String
	var nonce []byte
	var tagLen int
	if !in.ReadASN1(&seq, cbasn1.SEQUENCE) || !in.Empty() ||
		!seq.ReadASN1Bytes(&nonce, cbasn1.OCTET_STRING) ||
		!seq.ReadASN1Integer(&tagLen) || !seq.Empty() ||
		len(nonce) != nonceSize || tagLen != tagSize || len(mac) != tagSize {
		return nil, ErrFormat
	}
	aead, err := newGCM(key)
	if err != nil {
		return nil, err
	}
	// In the message two bytes of DER stand between content and tag; the
	// tag is moved up to the content, where the cipher wants it.
	joined := append(body, mac...)
	plain, err := aead.Open(joined[:0], nonce, joined, nil)
	if err != nil {
		return nil, ErrTag
	}
	return plain, nil
}

func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func sealCBC(key, content []byte) (params, body, mac []byte, err error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, nil, nil, err
	}
	iv := make([]byte, aes.BlockSize)
	_, _ = rand.Read(iv)
	pad := aes.BlockSize - len(content)%aes.BlockSize
	for range pad {
		content = append(content, byte(pad))
	}
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(content, content)

	var b cryptobyte.Builder
	b.AddASN1OctetString(iv)
	params, err = b.Bytes()
	return params, content, nil, err
}

// openCBC has no tag to check: the caller compares the message's hash with
// the manifest before it calls, so a padding answer tells an attacker nothing
// about bytes of their own choice.
func openCBC(key, params, body, _ []byte) ([]byte, error) {
	in := cryptobyte.String(params)
	var iv []byte
	if !in.ReadASN1Bytes(&iv, cbasn1.OCTET_STRING) || !in.Empty() || len(iv) != aes.BlockSize ||
		len(body) == 0 || len(body)%aes.BlockSize != 0 {
		return nil, ErrFormat
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	cipher.NewCBCDecrypter(block, iv).CryptBlocks(body, body)
	pad := int(body[len(body)-1])
	if pad == 0 || pad > aes.BlockSize {
		return nil, ErrTag
	}
	for _, c := range body[len(body)-pad:] {
		if int(c) != pad {
			return nil, ErrTag
		}
	}
	return body[:len(body)-pad], nil
}

// The ways in which a message is refused.
var (
	// ErrFormat is a message that is not strict DER of the two kinds, or
	// uses an algorithm other than the package's.
	ErrFormat = errors.New("not a CMS message of this format")
	// ErrNoKey is a message sealed for none of the keys given.
	ErrNoKey = errors.New("sealed for none of the keys")
	// ErrTag is content that is not what was sealed.
	ErrTag = errors.New("content does not match its tag")
)
