// Package cms writes and reads the two kinds of CMS message a sealed package
// is made of: AuthEnvelopedData with AES-256-GCM (RFC 5083, RFC 5084) and
// EnvelopedData with AES-256-CBC (RFC 5652), the content key wrapped for each
// recipient with RSAES-OAEP, SHA-256 and MGF1-SHA-256 (RFC 3560, RFC 4055).
//
// Messages are strict DER with definite lengths, whole in memory: a package
// cuts what it seals into parts, so that the standard library's one-shot GCM
// serves and no byte is handed out before its tag is checked.
package cms
