package netcheck

import (
	"crypto/x509"
	"strings"
)

// interceptors are words in the issuers of products that open encrypted
// traffic to inspect it: they sign with a certificate made on the spot.
func interceptors() []string {
	return []string{
		"fortinet", "fortigate", "zscaler", "palo alto networks", "sophos", "blue coat", "bluecoat", "symantec web",
		"check point", "checkpoint", "skyhigh", "mcafee web gateway", "barracuda", "cisco umbrella", "opendns",
		"netskope", "kaspersky", "eset ssl filter", "avast", "avg technologies", "bitdefender", "watchguard", "smoothwall",
		"forcepoint", "websense", "iboss", "squid", "mitmproxy", "lightspeed", "contentkeeper", "clavister", "untangle",
		"cato networks", "trend micro", "ssl inspection", "ssl-inspection", "tls inspection", "tls-inspection", "decryption ca",
		"charles proxy", "fiddler", "burp", "cloudflare gateway",
	}
}

// interceptor returns the issuer in a chain that belongs to an inspection
// product, "" for none.
func interceptor(chain []*x509.Certificate) string {
	for _, c := range chain {
		whole := strings.ToLower(c.Issuer.String())
		for _, word := range interceptors() {
			if strings.Contains(whole, word) {
				return issuerName(c)
			}
		}
	}
	return ""
}
