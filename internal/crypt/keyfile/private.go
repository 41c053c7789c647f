package keyfile

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"strings"

	"iplos/internal/fault"
)

// ParsePrivate reads a receiver's private key: RSA, PKCS #8 or PKCS #1, in
// PEM or DER. Name is the file's, for the errors.
func ParsePrivate(data []byte, name string) (*rsa.PrivateKey, error) {
	der := data
	if block, _ := pem.Decode(data); block != nil {
		switch {
		case block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["DEK-Info"] != "":
			return nil, fault.New(fault.Usage, "key.private.encrypted", "file", name)
		case !strings.HasSuffix(block.Type, "PRIVATE KEY"):
			return nil, fault.New(fault.Usage, "key.private.wanted", "file", name)
		}
		der = block.Bytes
		defer clear(block.Bytes)
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key, nil
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, fault.New(fault.Usage, "key.private.wanted", "file", name) // no cause: it could quote key bytes
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, fault.New(fault.Usage, "key.private.kind", "file", name)
	}
	return key, nil
}
