// Package parts turns a stream of message bytes into the sealed parts of a
// package: hashed, compressed, cut, encrypted and written, each at the same
// time as the others, in bounded memory. What it holds of the message is in
// memory only.
//
// The road of a byte: the caller fills blocks; workers compress them; one
// goroutine takes the blocks in order, hashes them and fills a part buffer;
// a full buffer is encrypted in place, and hashed and written by the
// container, on a goroutine of its own.
package parts
