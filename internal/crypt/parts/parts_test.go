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
	"runtime"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"iplos/internal/crypt/cms"
	"iplos/internal/crypt/container"
)

var testKey = sync.OnceValue(func() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
})

// memory is a sink that opens what it is given; it fails from part n on.
type memory struct {
	t       testing.TB
	content []byte
	added   int
	failAt  int
}

var errSink = errors.New("the sink is full")

func (m *memory) Add(name string, pieces ...[]byte) (container.Entry, error) {
	m.added++
	if m.added == m.failAt {
		return container.Entry{}, errSink
	}
	if name != Name(m.added) {
		m.t.Errorf("part %d is called %s", m.added, name)
	}
	plain, _, err := cms.Open(bytes.Join(pieces, nil), []*rsa.PrivateKey{testKey()})
	if err != nil {
		m.t.Error(err)
	}
	m.content = append(m.content, plain...)
	return container.Entry{Name: name}, nil
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
				if got := unpack(t, c, m.content); !bytes.Equal(got, message) {
					t.Errorf("%s %d/%d: %d bytes came out of %d", c, n, size, len(got), len(message))
				}
				if r.Bytes != int64(len(message)) || r.SHA256 != hexSum(message) || r.ContentSHA256 != hexSum(content) {
					t.Errorf("%s %d/%d: result %+v", c, n, size, r)
				}
				if len(r.Parts) != max(1, (len(m.content)+size-1)/size) {
					t.Errorf("%s %d/%d: %d parts of %d bytes", c, n, size, len(r.Parts), len(m.content))
				}
			}
		}
	}
}

func TestReadFrom(t *testing.T) {
	data := bytes.Repeat([]byte("0123456789"), 100_000)
	for _, c := range []Compression{Gzip, None} {
		m := &memory{t: t}
		w := start(t, t.Context(), m, options(300_000, c))
		n, err := w.ReadFrom(iotest.HalfReader(bytes.NewReader(data)))
		if err != nil || n != int64(len(data)) {
			t.Fatalf("%d, %v", n, err)
		}
		if _, err := w.Close(); err != nil || !bytes.Equal(unpack(t, c, m.content), data) {
			t.Errorf("%s: other bytes, %v", c, err)
		}
		w = start(t, t.Context(), &memory{t: t}, options(0, c))
		if _, err := w.ReadFrom(iotest.ErrReader(errSink)); !errors.Is(err, errSink) {
			t.Error(err)
		}
		w.Abort()
	}
}

// A sink that fails at any part stops the writer with its error, and every
// goroutine ends.
func TestSinkFails(t *testing.T) {
	before := runtime.NumGoroutine()
	random := make([]byte, 3*blockSize)
	_, _ = rand.Read(random)
	for _, c := range []Compression{Gzip, None} {
		for failAt := 1; failAt <= 4; failAt++ {
			m := &memory{t: t, failAt: failAt}
			w := start(t, t.Context(), m, options(blockSize, c))
			_, err := w.Write(random)
			if err == nil {
				_, err = w.Close()
			}
			w.Abort()
			if (m.added >= failAt) != errors.Is(err, errSink) {
				t.Errorf("%s, part %d of %d: %v", c, failAt, m.added, err)
			}
			if m.added > failAt {
				t.Errorf("%s: %d parts after a failure at %d", c, m.added, failAt)
			}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	w := start(t, ctx, &memory{t: t}, options(0, Gzip))
	cancel()
	if _, err := w.Close(); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	for range 200 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(5 * time.Millisecond) // goroutines end after what they report
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
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
