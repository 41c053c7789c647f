// Package synth makes synthetic municipalities for practice, tests and
// benchmarks: persons with believable ages, services, functions and
// organisation numbers, the same for the same seed, at any size, one person
// in memory at a time.
//
// No person here can be a real one: every identity number has 80 added to its
// month, the series that Skatteetaten sets aside for synthetic persons, and
// every organisation number is from 800 000 000 on, below what
// Enhetsregisteret is known to have handed out.
package synth
