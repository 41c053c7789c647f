// Package ssb plays the receivers behind the Sendemodul: the pseudonym
// manager and SSB. It opens what was delivered with its private keys, checks
// it, writes the e-mail receipt and makes the feedback archive.
//
// What SSB's receipt and error lists look like is not public: theirs are
// made up here, and say so.
package ssb
