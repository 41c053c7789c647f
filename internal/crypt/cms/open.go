package cms

import (
	"bytes"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/asn1"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// maxRecipients bounds the private key operations one message can ask for;
// a package has one or two recipients.
const maxRecipients = 16

// parsed is a message taken apart; its slices are the message's own memory.
type parsed struct {
	suite      suite
	recipients []recipient
	params     []byte
	body, mac  []byte
}

type recipient struct {
	// keyID is nil where a certificate names the recipient.
	keyID   []byte
	wrapped []byte
}

// Open checks and decrypts a message with the first of the keys it is sealed
// for, and returns the content and that key's index. The content takes the
// message's own memory, which is overwritten; after an error it holds nothing
// readable.
func Open(der []byte, keys []*rsa.PrivateKey) (content []byte, key int, err error) {
	m, err := parse(der)
	if err != nil {
		return nil, 0, err
	}
	cek, key, err := m.unwrap(keys)
	if err != nil {
		return nil, 0, err
	}
	defer clear(cek)
	content, err = m.suite.open(cek, m.params, m.body, m.mac)
	if err != nil {
		clear(m.body)
		return nil, 0, err
	}
	return content, key, nil
}

// unwrap finds the content key. A recipient named by certificate cannot be
// told from the private key alone, so each key is tried, as OpenSSL does; OAEP
// makes a wrong one fail surely.
func (m *parsed) unwrap(keys []*rsa.PrivateKey) (cek []byte, key int, err error) {
	for i, k := range keys {
		id := keyID(&k.PublicKey)
		for _, r := range m.recipients {
			if r.keyID != nil && !bytes.Equal(r.keyID, id) || len(r.wrapped) != k.Size() {
				continue
			}
			cek, err := rsa.DecryptOAEP(sha256.New(), nil, k, r.wrapped, nil)
			if err == nil && len(cek) == keySize {
				return cek, i, nil
			}
		}
	}
	return nil, 0, ErrNoKey
}

// parse reads strict DER; nothing is allocated from a length it states.
func parse(der []byte) (*parsed, error) {
	in := cryptobyte.String(der)
	var outer, explicit, data cryptobyte.String
	var contentType asn1.ObjectIdentifier
	if !in.ReadASN1(&outer, cbasn1.SEQUENCE) || !in.Empty() ||
		!outer.ReadASN1ObjectIdentifier(&contentType) ||
		!outer.ReadASN1(&explicit, cbasn1.Tag(0).ContextSpecific().Constructed()) || !outer.Empty() ||
		!explicit.ReadASN1(&data, cbasn1.SEQUENCE) || !explicit.Empty() {
		return nil, ErrFormat
	}
	s, ok := findSuite(func(s suite) bool { return s.contentType.Equal(contentType) })
	if !ok {
		return nil, ErrFormat
	}
	m := &parsed{suite: s}
	var version int
	var set cryptobyte.String
	if !data.ReadASN1Integer(&version) || !data.ReadASN1(&set, cbasn1.SET) {
		return nil, ErrFormat
	}
	byKeyID, ok := m.readRecipients(set)
	wantVersion := 0
	if byKeyID && !s.hasMAC {
		wantVersion = 2
	}
	if !ok || version != wantVersion || !m.readContent(&data) {
		return nil, ErrFormat
	}
	if s.hasMAC && !data.ReadASN1Bytes(&m.mac, cbasn1.OCTET_STRING) || !data.Empty() {
		return nil, ErrFormat
	}
	return m, nil
}

func (m *parsed) readContent(data *cryptobyte.String) bool {
	var info, algorithm cryptobyte.String
	var contentType, oid asn1.ObjectIdentifier
	if !data.ReadASN1(&info, cbasn1.SEQUENCE) ||
		!info.ReadASN1ObjectIdentifier(&contentType) || !contentType.Equal(oidData()) ||
		!info.ReadASN1(&algorithm, cbasn1.SEQUENCE) ||
		!algorithm.ReadASN1ObjectIdentifier(&oid) || !oid.Equal(m.suite.algorithm) ||
		!info.ReadASN1Bytes(&m.body, cbasn1.Tag(0).ContextSpecific()) || !info.Empty() {
		return false
	}
	m.params = algorithm
	return true
}

func (m *parsed) readRecipients(set cryptobyte.String) (byKeyID, ok bool) {
	var last []byte
	for !set.Empty() {
		var element cryptobyte.String
		if len(m.recipients) == maxRecipients || !set.ReadASN1Element(&element, cbasn1.SEQUENCE) ||
			bytes.Compare(last, element) > 0 {
			return false, false
		}
		last = element
		r, ok := readRecipient(element)
		if !ok {
			return false, false
		}
		byKeyID = byKeyID || r.keyID != nil
		m.recipients = append(m.recipients, r)
	}
	return byKeyID, len(m.recipients) > 0
}

func readRecipient(element cryptobyte.String) (recipient, bool) {
	var info, name cryptobyte.String
	var version int
	var r recipient
	if !element.ReadASN1(&info, cbasn1.SEQUENCE) || !info.ReadASN1Integer(&version) {
		return r, false
	}
	switch version {
	case 0:
		var issuer, serial cryptobyte.String
		if !info.ReadASN1(&name, cbasn1.SEQUENCE) || !name.ReadASN1(&issuer, cbasn1.SEQUENCE) ||
			!name.ReadASN1(&serial, cbasn1.INTEGER) || !name.Empty() {
			return r, false
		}
	case 2:
		if !info.ReadASN1Bytes(&r.keyID, cbasn1.Tag(0).ContextSpecific()) {
			return r, false
		}
	default:
		return r, false
	}
	var algorithm cryptobyte.String
	ok := info.ReadASN1Element(&algorithm, cbasn1.SEQUENCE) && isOAEP(algorithm) &&
		info.ReadASN1Bytes(&r.wrapped, cbasn1.OCTET_STRING) && info.Empty()
	return r, ok
}

// isOAEP takes the one algorithm there is, in its two spellings.
func isOAEP(algorithm []byte) bool {
	for _, params := range [][]byte{{5, 0}, nil} {
		want, err := build(func(b *cryptobyte.Builder) { addOAEP(b, params) })
		if err == nil && bytes.Equal(algorithm, want) {
			return true
		}
	}
	return false
}
