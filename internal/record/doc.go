// Package record holds the IPLOS message as Go values: its classes and
// fields, its profiles (one per published version), and a streaming Reader
// and Writer for it.
//
// A message is a header (INNHINFO) and then persons, each with rows of five
// repeating classes. A person is kept as text exactly as it came, with the
// line each value stood on: faults of the input are kept for the rules to
// find, never repaired here.
//
// # The subset of XML
//
// The reader takes XML 1.0 (fifth edition) with namespaces, in UTF-8, and
// refuses what is not well-formed with line, column and byte offset. It
// leaves out, and refuses, document type declarations, and with them every
// entity but the five predefined ones; and it sets limits: 1 MiB for a tag, a
// text, a comment; 64 levels; 256 attributes, and namespaces in scope; 1 KiB
// for a name; 4 MiB in memory for one person. Other encodings are decoded in
// front of it, see [SniffEncoding].
//
// The standard library's encoding/xml was measured to be some fifteen times
// slower, accepts documents that are not well-formed (two roots, a repeated
// attribute, an undeclared prefix, no root at all) and has no bound on a
// token. It serves as the oracle of the tests, where it is right.
//
// The package imports the standard library only.
package record
