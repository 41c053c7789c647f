// Package sendemodul is a model of the Sendemodul, the web site a
// municipality delivers its sealed package to: pages a person can use in a
// browser, in several page sets, with the faults a delivery can meet.
//
// Only the way in, the four things to log in with and the upload in a browser
// are known of the real one (SSB's guide). Names, markup and wording are made
// up here, on purpose in more than one way: a client that copes with all of
// them has a chance with the real one.
package sendemodul
