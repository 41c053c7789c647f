package cms

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"golang.org/x/crypto/cryptobyte"
)

var testKeys = sync.OnceValue(func() [2]*rsa.PrivateKey {
	var out [2]*rsa.PrivateKey
	for i := range out {
		k, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		out[i] = k
	}
	return out
})

func named(k *rsa.PrivateKey) Recipient {
	return Recipient{Key: &k.PublicKey, Issuer: []byte{0x30, 0}, Serial: big.NewInt(7)}
}

func sealed(t testing.TB, s Suite, content string, to ...Recipient) []byte {
	t.Helper()
	m, err := Seal(s, to, []byte(content))
	if err != nil {
		t.Fatal(err)
	}
	der := m.Bytes()
	if int64(len(der)) != m.Size() {
		t.Errorf("%d bytes, said %d", len(der), m.Size())
	}
	return der
}

func TestRoundTrip(t *testing.T) {
	a, b := testKeys()[0], testKeys()[1]
	for _, s := range Suites() {
		for _, n := range []int{0, 1, 15, 16, 17, 127, 128, 255, 256, 65535, 65536, 1 << 24} {
			plain := bytes.Repeat([]byte("æ"), n/2+1)[:n]
			der := sealed(t, s, string(plain), named(a), Recipient{Key: &b.PublicKey})
			got, key, err := Open(der, []*rsa.PrivateKey{b})
			if err != nil || key != 0 || !bytes.Equal(got, plain) {
				t.Errorf("%s %d: key %d, %v", s, n, key, err)
			}
		}
		der := sealed(t, s, "x", named(a))
		if _, _, err := Open(der, []*rsa.PrivateKey{b}); !errors.Is(err, ErrNoKey) {
			t.Errorf("%s: %v", s, err)
		}
	}
}

// Sealing works in place, and no two messages share key or nonce.
func TestSealInPlace(t *testing.T) {
	to := []Recipient{{Key: &testKeys()[0].PublicKey}}
	for _, s := range Suites() {
		content := append(make([]byte, 0, 100+Overhead), bytes.Repeat([]byte{7}, 100)...)
		m, err := Seal(s, to, content)
		if err != nil || &m.Body[0] != &content[0] || bytes.Contains(content, []byte{7, 7, 7, 7}) {
			t.Errorf("%s: %v, or the content was copied", s, err)
		}
		other, err := Seal(s, to, bytes.Repeat([]byte{7}, 100))
		if err != nil || bytes.Equal(other.Body, m.Body) {
			t.Errorf("%s: twice the same, %v", s, err)
		}
	}
	if _, err := Seal("rot13", to, nil); err == nil {
		t.Error("an unknown suite sealed")
	}
	if _, err := Seal(GCM, nil, nil); err == nil {
		t.Error("sealed for nobody")
	}
}

// Every single bit of an authenticated message matters.
func TestEveryBit(t *testing.T) {
	key := testKeys()[0]
	der := sealed(t, GCM, "tolv tegn her", Recipient{Key: &key.PublicKey})
	for i := range der {
		for bit := range 8 {
			if bit != i%8 && i%16 != 0 {
				continue // all bits of some bytes, one of the others
			}
			changed := bytes.Clone(der)
			changed[i] ^= 1 << bit
			if got, _, err := Open(changed, []*rsa.PrivateKey{key}); err == nil {
				t.Errorf("byte %d, bit %d: opened as %q", i, bit, got)
			}
		}
	}
}

func TestCutAndLong(t *testing.T) {
	key := testKeys()[0]
	for _, s := range Suites() {
		der := sealed(t, s, "innhold", Recipient{Key: &key.PublicKey})
		for n := range der {
			if _, _, err := Open(bytes.Clone(der[:n]), []*rsa.PrivateKey{key}); !errors.Is(err, ErrFormat) {
				t.Errorf("%s cut at %d: %v", s, n, err)
			}
		}
		if _, _, err := Open(append(bytes.Clone(der), 0), []*rsa.PrivateKey{key}); !errors.Is(err, ErrFormat) {
			t.Errorf("%s with a byte more: %v", s, err)
		}
	}
}

// A failed tag leaves nothing readable behind.
func TestFailedTagIsWiped(t *testing.T) {
	key := testKeys()[0]
	for _, s := range Suites() {
		der := sealed(t, s, "et innhold som er lengre enn en blokk", Recipient{Key: &key.PublicKey})
		der[len(der)-1] ^= 1
		_, _, err := Open(der, []*rsa.PrivateKey{key})
		// CBC has no tag: once in a while a changed padding is a right one.
		if s == GCM && err == nil || err != nil && bytes.Contains(der, []byte("innhold")) {
			t.Errorf("%s: opened, or readable after %v", s, err)
		}
	}
}

func TestTooManyRecipients(t *testing.T) {
	key := testKeys()[0]
	var to []Recipient
	for range maxRecipients + 1 {
		to = append(to, Recipient{Key: &key.PublicKey})
	}
	if _, _, err := Open(sealed(t, GCM, "x", to...), []*rsa.PrivateKey{key}); !errors.Is(err, ErrFormat) {
		t.Errorf("%d recipients: %v", len(to), err)
	}
}

// A length larger than the input, in every form, costs nothing.
func TestLengthsThatLie(t *testing.T) {
	for _, b := range [][]byte{
		{0x30, 0x84, 0xff, 0xff, 0xff, 0xff},
		{0x30, 0x83, 0xff, 0xff, 0xff},
		{0x30, 0x80, 0, 0},
		{0x30, 0x81, 5},
		{0x30, 0x88, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
	} {
		allocs := testing.AllocsPerRun(10, func() {
			if _, _, err := Open(b, nil); !errors.Is(err, ErrFormat) {
				t.Errorf("% x: %v", b, err)
			}
		})
		if allocs > 10 {
			t.Errorf("% x: %v allocations", b, allocs)
		}
	}
}

// The lengths around each form of DER length are written shortest.
func TestLengthForms(t *testing.T) {
	for _, n := range []int{0, 1, 127, 128, 255, 256, 65535, 65536, 1<<24 - 1, 1 << 24} {
		head := before(4, nil, n, 0)
		in := cryptobyte.String(append(head, make([]byte, n)...))
		var out cryptobyte.String
		if !in.ReadASN1(&out, 4) || len(out) != n || !in.Empty() {
			t.Errorf("length %d as % x", n, head)
		}
	}
}

func FuzzOpen(f *testing.F) {
	key := testKeys()[0]
	for _, s := range Suites() {
		f.Add(sealed(f, s, "innhold", Recipient{Key: &key.PublicKey}))
		f.Add(sealed(f, s, "", named(key), Recipient{Key: &key.PublicKey}))
	}
	vectors, err := filepath.Glob("../testdata/vectors/*/*.p7m")
	if err != nil {
		f.Fatal(err)
	}
	for _, v := range vectors {
		der, err := os.ReadFile(v)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(der)
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		given := bytes.Clone(der)
		if _, err := parse(der); err != nil {
			if !errors.Is(err, ErrFormat) {
				t.Errorf("parsing: %v", err)
			}
			return
		}
		if !bytes.Equal(given, der) {
			t.Error("parsing changed the message")
		}
		_, _, err := Open(der, []*rsa.PrivateKey{key})
		if err != nil && !errors.Is(err, ErrFormat) && !errors.Is(err, ErrNoKey) && !errors.Is(err, ErrTag) {
			t.Errorf("opening: %v", err)
		}
	})
}
