package keyfile

import (
	"crypto/x509"
	"encoding/pem"
	"time"

	"iplos/internal/fault"
)

// ParseRoots reads the root certificates IT handed over, PEM or DER.
func ParseRoots(data []byte, name string) ([]*x509.Certificate, error) {
	f, why := read(data)
	if why != "" || len(f.certificates) == 0 {
		return nil, fault.New(fault.Usage, "key.roots", "file", name)
	}
	return f.certificates, nil
}

// ParseCRL reads one revocation list, PEM or DER.
func ParseCRL(data []byte, name string) (*x509.RevocationList, error) {
	if block, _ := pem.Decode(data); block != nil {
		data = block.Bytes
	}
	crl, err := x509.ParseRevocationList(data)
	if err != nil {
		return nil, fault.Wrap(err, fault.Usage, "key.crl", "file", name)
	}
	return crl, nil
}

// checkChain verifies up to the roots from IT. Nothing is fetched: without
// roots it says that the chain was not checked.
func checkChain(k *Key, u Use) *Concern {
	if k.Certificate == nil {
		return nil
	}
	if len(u.Roots) == 0 {
		return warning("key.check.chain-unchecked")
	}
	if _, err := chainOf(k, u.Roots, u.Now); err != nil {
		return refusal("key.check.chain")
	}
	return nil
}

func chainOf(k *Key, roots []*x509.Certificate, now time.Time) ([]*x509.Certificate, error) {
	rootPool, others := x509.NewCertPool(), x509.NewCertPool()
	for _, r := range roots {
		rootPool.AddCert(r)
	}
	for _, c := range k.Chain {
		others.AddCert(c)
	}
	chains, err := k.Certificate.Verify(x509.VerifyOptions{
		Roots: rootPool, Intermediates: others, CurrentTime: now,
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny},
	})
	if err != nil {
		return nil, err
	}
	return chains[0], nil
}

// checkRevocation looks in the lists from IT. A list that its issuer did not
// sign, or that is out of date, counts as none.
func checkRevocation(k *Key, u Use) *Concern {
	if k.Certificate == nil {
		return nil
	}
	checked := false
	for _, crl := range u.CRLs {
		if !signedByIssuer(k, crl, u.Roots) || !crl.NextUpdate.IsZero() && u.Now.After(crl.NextUpdate) {
			continue
		}
		checked = true
		for _, entry := range crl.RevokedCertificateEntries {
			if entry.SerialNumber.Cmp(k.Certificate.SerialNumber) == 0 {
				return refusal("key.check.revoked", "at", entry.RevocationTime.In(u.Now.Location()))
			}
		}
	}
	if !checked {
		return warning("key.check.revocation-unchecked")
	}
	return nil
}

func signedByIssuer(k *Key, crl *x509.RevocationList, roots []*x509.Certificate) bool {
	for _, c := range append(append([]*x509.Certificate{}, k.Chain...), roots...) {
		if string(c.RawSubject) == string(k.Certificate.RawIssuer) && crl.CheckSignatureFrom(c) == nil {
			return true
		}
	}
	return false
}
