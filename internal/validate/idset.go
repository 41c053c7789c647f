package validate

import "slices"

// idSet is a set of 32-bit numbers, made for the row ids of a file: mostly
// dense and rising, but possibly anything. The upper half of a number picks a
// chunk, which holds the lower halves as a sorted list, or as bits once the
// list would be longer than those. So dense ids take a bit each, scattered
// ones about two bytes, and no id is ever moved far.
//
// The zero value is empty and ready to use.
type idSet struct {
	top [256]*[256]chunk
}

type chunk struct {
	list []uint16
	bits *[1024]uint64
}

// listMax is the length at which a list takes what the bits do.
const listMax = 4096

// add puts a number in and tells whether it was not there.
func (s *idSet) add(n uint32) bool {
	t := s.top[n>>24]
	if t == nil {
		t = new([256]chunk)
		s.top[n>>24] = t
	}
	return t[n>>16&255].add(uint16(n))
}

func (c *chunk) add(n uint16) bool {
	if c.bits != nil {
		word, bit := n/64, uint64(1)<<(n%64)
		if c.bits[word]&bit != 0 {
			return false
		}
		c.bits[word] |= bit
		return true
	}
	at := len(c.list)
	if at > 0 && n <= c.list[at-1] {
		i, there := slices.BinarySearch(c.list, n)
		if there {
			return false
		}
		at = i
	}
	if len(c.list) == listMax {
		c.spread()
		return c.add(n)
	}
	if len(c.list) == cap(c.list) {
		c.grow()
	}
	c.list = append(c.list, 0)
	copy(c.list[at+1:], c.list[at:])
	c.list[at] = n
	return true
}

// grow makes room for a quarter more, which wastes less than doubling when
// there are many chunks.
func (c *chunk) grow() {
	room := len(c.list) + max(8, len(c.list)/4)
	list := make([]uint16, len(c.list), min(room, listMax))
	copy(list, c.list)
	c.list = list
}

// spread turns the list into bits.
func (c *chunk) spread() {
	c.bits = new([1024]uint64)
	for _, n := range c.list {
		c.bits[n/64] |= 1 << (n % 64)
	}
	c.list = nil
}
