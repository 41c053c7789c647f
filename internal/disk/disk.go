// Package disk tells how much room a disk has, and when it is full.
package disk
