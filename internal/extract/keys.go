package extract

import (
	"bytes"
	"hash/maphash"
)

// keyIndex numbers person keys from 0 in the order they come. It holds some
// twenty bytes a person beside the key's text.
type keyIndex struct {
	seed  maphash.Seed
	slots []uint32 // ordinal + 1, 0 for free; a power of two in number
	ends  []uint32 // where each key ends in text
	text  []byte
}

// maxKeys bounds the keys' text: those of everybody in the country, if they
// are of fifty characters.
const maxKeys = 256 << 20

// full tells whether there is no more room for the key.
func (k *keyIndex) full(key []byte) bool { return len(k.text)+len(key) > maxKeys }

func newKeyIndex() *keyIndex {
	return &keyIndex{seed: maphash.MakeSeed(), slots: make([]uint32, 1024)}
}

func (k *keyIndex) len() int { return len(k.ends) }

func (k *keyIndex) key(ordinal uint32) []byte {
	from := uint32(0)
	if ordinal > 0 {
		from = k.ends[ordinal-1]
	}
	return k.text[from:k.ends[ordinal]]
}

// find returns the key's ordinal.
func (k *keyIndex) find(key []byte) (uint32, bool) {
	mask := uint64(len(k.slots) - 1)
	for at := maphash.Bytes(k.seed, key) & mask; ; at = (at + 1) & mask {
		s := k.slots[at]
		if s == 0 {
			return uint32(at), false //nolint:gosec // the slots are fewer than 2^32
		}
		if bytes.Equal(k.key(s-1), key) {
			return s - 1, true
		}
	}
}

// add returns the key's ordinal, and whether it is new.
func (k *keyIndex) add(key []byte) (uint32, bool) {
	at, ok := k.find(key)
	if ok {
		return at, false
	}
	k.text = append(k.text, key...)
	k.ends = append(k.ends, uint32(len(k.text))) //nolint:gosec // maxKeys bounds it
	ordinal := uint32(len(k.ends) - 1)           //nolint:gosec // as above
	k.slots[at] = ordinal + 1
	if len(k.ends)*2 > len(k.slots) {
		k.grow()
	}
	return ordinal, true
}

func (k *keyIndex) grow() {
	k.slots = make([]uint32, len(k.slots)*2)
	mask := uint64(len(k.slots) - 1)
	for o := range uint32(len(k.ends)) { //nolint:gosec // maxKeys bounds it
		at := maphash.Bytes(k.seed, k.key(o)) & mask
		for k.slots[at] != 0 {
			at = (at + 1) & mask
		}
		k.slots[at] = o + 1
	}
}
