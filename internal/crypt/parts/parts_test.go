package parts

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"testing"
	"testing/iotest"

	"iplos/internal/crypt/cms"
	"iplos/internal/crypt/container"
	"iplos/internal/leaktest"
)

var testKey = sync.OnceValue(func() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
})

// memory is a sink that opens what it is given; it fails from part n on, at
// its beginning or when it is written.
type memory struct {
	t       testing.TB
	failAt  int
	late    bool
	begun   int
	mu      sync.Mutex
	content map[int][]byte
}

var errSink = errors.New("the sink is full")

func (m *memory) Begin(name string, size int64) (container.Write, error) {
	m.begun++
	n := m.begun
	if n == m.failAt && !m.late {
		return nil, errSink
	}
	if name != Name(n) {
		m.t.Errorf("part %d is called %s", n, name)
	}
	return func(pieces ...[]byte) (container.Entry, error) {
		if n == m.failAt {
			return container.Entry{}, errSink
		}
		der := bytes.Join(pieces, nil)
		if int64(len(der)) != size {
			m.t.Errorf("%s: %d bytes were announced, %d came", name, size, len(der))
		}
		plain, _, err := cms.Open(der, []*rsa.PrivateKey{testKey()})
		if err != nil {
			m.t.Error(err)
		}
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.content == nil {
			m.content = map[int][]byte{}
		}
		m.content[n] = plain
		return container.Entry{Name: name}, nil
	}, nil
}

// joined returns the payload.
func (m *memory) joined() []byte {
	var all []byte
	for n := range m.begun {
		all = append(all, m.content[n+1]...)
	}
	return all
}

func options(size int, c Compression) Options {
	return Options{Size: size, Suite: cms.GCM, Compression: c, Recipients: []cms.Recipient{{Key: &testKey().PublicKey}}}
}

func start(t testing.TB, ctx context.Context, m *memory, o Options) *Writer { //nolint:revive // t first, as everywhere
	t.Helper()
	w, err := NewWriter(ctx, m, o)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func hexSum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

func unpack(t testing.TB, c Compression, payload []byte) []byte {
	t.Helper()
	if c == None {
		return payload
	}
	r, err := gzip.NewReader(bytes.NewReader(payload))
	if err != nil {
		t.Fatal(err)
	}
	r.Multistream(false) // one member, for readers that take no more
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Sizes around every block and part, in writes of every length, with
// substitutions that fall on every boundary.
func TestMessageAndContent(t *testing.T) {
	for _, c := range []Compression{Gzip, None} {
		for _, n := range []int{0, 1, 10, blockSize - 1, blockSize, blockSize + 1, 3*blockSize + 5} {
			for _, size := range []int{700, blockSize, blockSize + 1, 2*blockSize - 3} {
				if size == 700 && n > blockSize+1 {
					continue // thousands of parts
				}
				m := &memory{t: t}
				w := start(t, t.Context(), m, options(size, c))
				var message, content []byte
				for i := 0; len(message) < n; i++ {
					chunk := bytes.Repeat([]byte{byte('a' + i%26)}, min(n-len(message), 1+i*977%(1+n/20)))
					message, content = append(message, chunk...), append(content, chunk...)
					if _, err := w.Write(chunk); err != nil {
						t.Fatal(err)
					}
					if i%3 == 0 {
						link, original := fmt.Appendf(nil, "<%030d>", i), bytes.Repeat([]byte("ø"), i%5)
						message, content = append(message, link...), append(content, original...)
						if err := w.Substitute(link, original); err != nil {
							t.Fatal(err)
						}
					}
				}
				r, err := w.Close()
				if err != nil {
					t.Fatal(err)
				}
				if got := unpack(t, c, m.joined()); !bytes.Equal(got, message) {
					t.Errorf("%s %d/%d: %d bytes came out of %d", c, n, size, len(got), len(message))
				}
				if r.Bytes != int64(len(message)) || r.SHA256 != hexSum(message) || r.ContentSHA256 != hexSum(content) {
					t.Errorf("%s %d/%d: result %+v", c, n, size, r)
				}
				if len(r.Parts) != max(1, (len(m.joined())+size-1)/size) {
					t.Errorf("%s %d/%d: %d parts of %d bytes", c, n, size, len(r.Parts), len(m.joined()))
				}
			}
		}
	}
}

// Reading, writing and substituting take turns; what was read stands for
// itself.
func TestReadFrom(t *testing.T) {
	data := bytes.Repeat([]byte("0123456789"), 100_000)
	for _, c := range []Compression{Gzip, None} {
		for _, size := range []int{300_000, blockSize, 500_000, len(data)} {
			m := &memory{t: t}
			w := start(t, t.Context(), m, options(size, c))
			var message, content []byte
			for _, link := range []string{"", "<link>"} {
				if err := w.Substitute([]byte(link), []byte("number")[:len(link)]); err != nil {
					t.Fatal(err)
				}
				n, err := w.ReadFrom(iotest.HalfReader(bytes.NewReader(data)))
				if err != nil || n != int64(len(data)) {
					t.Fatalf("%d, %v", n, err)
				}
				if _, err := w.Write(data[:77]); err != nil {
					t.Fatal(err)
				}
				message = slices.Concat(message, []byte(link), data, data[:77])
				content = slices.Concat(content, []byte("number")[:len(link)], data, data[:77])
			}
			if n, err := w.ReadFrom(bytes.NewReader(data[:5])); err != nil || n != 5 {
				t.Fatalf("%d, %v", n, err)
			}
			message, content = append(message, data[:5]...), append(content, data[:5]...)
			r, err := w.Close()
			if err != nil || !bytes.Equal(unpack(t, c, m.joined()), message) {
				t.Errorf("%s, %d: other bytes, %v", c, size, err)
			}
			if r.Bytes != int64(len(message)) || r.SHA256 != hexSum(message) || r.ContentSHA256 != hexSum(content) {
				t.Errorf("%s, %d: %+v", c, size, r)
			}
		}
		w := start(t, t.Context(), &memory{t: t}, options(0, c))
		if _, err := w.ReadFrom(iotest.ErrReader(errSink)); !errors.Is(err, errSink) {
			t.Error(err)
		}
		w.Abort()
		w = start(t, t.Context(), &memory{t: t, failAt: 1}, options(1000, c))
		_, err := w.ReadFrom(bytes.NewReader(data))
		if _, closed := w.Close(); !errors.Is(errors.Join(err, closed), errSink) {
			t.Errorf("%s: %v, %v", c, err, closed)
		}
	}
}

// A sink that fails at any part, at its beginning or in the middle, stops the
// writer with its error, and every goroutine ends.
func TestSinkFails(t *testing.T) {
	leaktest.Check(t)
	random := make([]byte, 3*blockSize)
	_, _ = rand.Read(random)
	for i := range 16 {
		c, failAt := []Compression{Gzip, None}[i%2], 1+i/2%4
		m := &memory{t: t, failAt: failAt, late: i >= 8}
		w := start(t, t.Context(), m, options(blockSize, c))
		_, err := w.Write(random)
		if err == nil {
			_, err = w.Close()
		}
		w.Abort()
		if (m.begun >= failAt) != errors.Is(err, errSink) {
			t.Errorf("%s, part %d of %d: %v", c, failAt, m.begun, err)
		}
		if m.begun > failAt && !m.late {
			t.Errorf("%s: %d parts after a failure at %d", c, m.begun, failAt)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	w := start(t, ctx, &memory{t: t}, options(0, Gzip))
	cancel()
	if _, err := w.Close(); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// An unsealed part is wiped.
func TestAbortWipes(t *testing.T) {
	w := start(t, t.Context(), &memory{t: t}, options(0, None))
	if _, err := w.Write([]byte("hemmelig")); err != nil {
		t.Fatal(err)
	}
	msg := w.cur.msg
	w.Abort()
	if bytes.Contains(msg, []byte("hemmelig")) {
		t.Error("readable after abort")
	}
	if _, err := w.Write([]byte("x")); err == nil {
		t.Error("wrote after abort")
	}
}

func TestUnknownOptions(t *testing.T) {
	for _, o := range []Options{{Compression: "zip"}, {Size: -1, Compression: None}} {
		if _, err := NewWriter(t.Context(), &memory{t: t}, o); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
}
