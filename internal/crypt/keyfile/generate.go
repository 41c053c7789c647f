package keyfile

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"
)

// Pair is a key pair of our own: for dry runs before the year's key exists,
// and for the sandbox. It is never a receiver's.
type Pair struct {
	Private *rsa.PrivateKey
	Key     *Key
	// CertificatePEM and PrivatePEM (PKCS #8) are the pair as files.
	CertificatePEM, PrivatePEM []byte
}

// GenerateOptions say what a key pair shall look like.
type GenerateOptions struct {
	// CommonName is the certificate's subject and issuer.
	CommonName          string
	NotBefore, NotAfter time.Time
	// Bits is the size of the key, 3072 when zero.
	Bits int
}

// Generate makes a self-signed RSA key pair for wrapping content keys.
func Generate(opts GenerateOptions) (*Pair, error) {
	if opts.Bits == 0 {
		opts.Bits = 3072
	}
	private, err := rsa.GenerateKey(rand.Reader, opts.Bits)
	if err != nil {
		return nil, fmt.Errorf("generating a key: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, fmt.Errorf("generating a serial number: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: opts.CommonName},
		NotBefore: opts.NotBefore, NotAfter: opts.NotAfter,
		KeyUsage: x509.KeyUsageKeyEncipherment,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		return nil, fmt.Errorf("signing a certificate: %w", err)
	}
	return pairOf(private, der)
}

func pairOf(private *rsa.PrivateKey, der []byte) (*Pair, error) {
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("reading the new certificate: %w", err)
	}
	key, err := OfPublic(&private.PublicKey)
	if err != nil {
		return nil, err
	}
	key.Certificate = cert
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, fmt.Errorf("encoding the private key: %w", err)
	}
	return &Pair{
		Private: private, Key: key,
		CertificatePEM: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		PrivatePEM:     pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}),
	}, nil
}
