// Package filsluse is a model of SSB's Filsluse, a MOVEit Transfer server:
// the thirteen REST operations that fetching feedback needs, with state
// (accounts, tokens, lock-outs, files), and the web pages beside them.
//
// Its answers follow the vendor's published OpenAPI document, a subset of
// which stands in testdata; what the document leaves open is a scenario.
// Nothing was tried against SSB's server, and whether SSB's server answers
// REST calls at all is not known.
package filsluse
