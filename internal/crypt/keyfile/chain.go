package keyfile

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"time"

	"iplos/internal/fault"
)

// ParseRoots reads the root certificates IT handed over, PEM or DER.
func ParseRoots(data []byte, name string) ([]*x509.Certificate, error) {
	if text, why := plainText(data); why == "" {
		if f, why := read(text); why == "" && len(f.certificates) > 0 {
			return f.certificates, nil
		}
	}
	return nil, fault.New(fault.Usage, "key.roots", "file", name)
}

// ParseCRLs reads revocation lists: one in DER, or any number in PEM.
func ParseCRLs(data []byte, name string) ([]*x509.RevocationList, error) {
	var ders [][]byte
	for rest := bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		ders = append(ders, block.Bytes)
	}
	if ders == nil {
		ders = [][]byte{data}
	}
	var lists []*x509.RevocationList
	for _, der := range ders {
		crl, err := x509.ParseRevocationList(der)
		if err != nil {
			return nil, fault.Wrap(err, fault.Usage, "key.crl", "file", name)
		}
		lists = append(lists, crl)
	}
	return lists, nil
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

// checkRevocation looks in the lists from IT for the certificate and for
// those that vouch for it. A list is believed when the one it speaks for is
// in the chain up to IT's roots and has signed it. Lists that say nothing of
// this certificate are refused: whoever hands them over means them to.
func checkRevocation(k *Key, u Use) *Concern {
	if k.Certificate == nil {
		return nil
	}
	if len(u.CRLs) == 0 || len(u.Roots) == 0 {
		return warning("key.check.revocation-unchecked")
	}
	chain, err := chainOf(k, u.Roots, u.Now)
	if err != nil {
		return nil // refused for that
	}
	for i, c := range chain {
		issuer := chain[min(i+1, len(chain)-1)] // the last has signed itself, or is trusted as it is
		lists := slices.DeleteFunc(slices.Clone(u.CRLs), func(l *x509.RevocationList) bool {
			return !bytes.Equal(l.RawIssuer, c.RawIssuer) || l.CheckSignatureFrom(issuer) != nil
		})
		if concern := lookUp(c, lists, u.Now); concern != nil {
			return concern
		}
		if i == 0 && len(lists) == 0 {
			return refusal("key.check.crl-foreign", "issuer", c.Issuer.CommonName)
		}
	}
	return nil
}

// lookUp looks for a certificate in its issuer's lists. That it is revoked
// stands in an old list too; that it is not, only in a current one.
func lookUp(c *x509.Certificate, lists []*x509.RevocationList, now time.Time) *Concern {
	var old *x509.RevocationList
	current := false
	for _, l := range lists {
		for _, entry := range l.RevokedCertificateEntries {
			if entry.SerialNumber.Cmp(c.SerialNumber) == 0 {
				return refusal("key.check.revoked", "at", entry.RevocationTime.In(now.Location()))
			}
		}
		if l.NextUpdate.IsZero() || !now.After(l.NextUpdate) {
			current = true
		} else {
			old = l
		}
	}
	if old != nil && !current {
		return refusal("key.check.crl-old", "until", old.NextUpdate.In(now.Location()))
	}
	return nil
}

// What an import found right with the help of files from IT.
const (
	CheckedChain      = "chain"
	CheckedRevocation = "revocation"
)

// Checked tells which of the checks that need files from IT were made of a
// key that was not refused.
func Checked(k *Key, concerns []Concern) []string {
	if k.Certificate == nil {
		return nil
	}
	var out []string
	for id, check := range map[string]string{
		"key.check.chain-unchecked": CheckedChain, "key.check.revocation-unchecked": CheckedRevocation,
	} {
		if !slices.ContainsFunc(concerns, func(c Concern) bool { return c.ID == id }) {
			out = append(out, check)
		}
	}
	slices.Sort(out)
	return out
}
