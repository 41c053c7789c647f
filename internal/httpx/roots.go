package httpx

import (
	"crypto/x509"

	"iplos/internal/fault"
)

// rootPool returns the system's certificates and those of the file; nil, the
// system's own, without one.
func rootPool(caFile string) (*x509.CertPool, error) {
	if caFile == "" {
		return nil, nil //nolint:nilnil // a nil pool is the system's own in tls.Config
	}
	pem, err := readCA(caFile)
	if err != nil {
		return nil, err
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		// A machine without a readable store can still use its local CA.
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fault.New(fault.Usage, "http.ca.empty", "file", caFile)
	}
	return pool, nil
}
