// Package record holds the IPLOS message as Go values: its classes and
// fields, its profiles (one per published version), and a streaming Reader
// and Writer for it.
//
// A message is a header (INNHINFO) and then persons, each with rows of five
// repeating classes. A person is kept as text exactly as it came, with the
// line each value stood on: faults of the input are kept for the rules to
// find, never repaired here.
//
// The package imports the standard library only.
package record
