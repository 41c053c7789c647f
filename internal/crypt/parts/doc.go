// Package parts turns a stream of message bytes into the sealed parts of a
// package: hashed, compressed, cut, encrypted and written, each at the same
// time as the others, in bounded memory. What it holds of the message is in
// memory only.
//
// The road of a byte: the caller fills blocks; workers compress them; one
// goroutine takes the blocks in order, hashes them and fills a part buffer;
// another encrypts a full buffer in place and hands it to the container,
// which hashes and writes it.
package parts
