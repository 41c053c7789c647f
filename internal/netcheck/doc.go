// Package netcheck finds out whether this machine reaches the Sendemodul or
// Filsluse, and when not, which step fails, what that means and what to ask
// IT for. The steps are an ordered table of probes: the machine's clock, the
// proxy, name lookup, TCP, TLS and HTTP. What it says are catalogue ids with
// arguments; the caller has the language.
//
// The facts it compares with stand in SSB's guide for 2017 data, chapter 2:
// iplos.nhn.no is 91.186.94.110 and is reached from Helsenett only, over
// https (TCP 443).
package netcheck
