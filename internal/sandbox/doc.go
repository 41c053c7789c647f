// Package sandbox is a local model of the whole world iplos works in: the
// Sendemodul, the receivers behind it, and the Filsluse, on loopback with
// TLS. It is what a person practises with and what the tests run against.
//
// Everything of it lies in one folder: certificates, keys, accounts,
// deliveries, receipts, feedback and an audit trail. A sandbox started again
// in the same folder goes on where the last one stopped.
package sandbox
