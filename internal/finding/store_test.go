package finding

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strconv"
	"testing"
)

// heapStore keeps blocks, and fails when it has no more left to do.
type heapStore struct {
	blocks [][]byte
	left   int
}

var errStore = errors.New("the disk is full")

func (s *heapStore) turn() error {
	if s.left--; s.left < 0 {
		return errStore
	}
	return nil
}

func (s *heapStore) Append(b []byte) (int64, error) {
	if err := s.turn(); err != nil {
		return 0, err
	}
	s.blocks = append(s.blocks, append([]byte{}, b...))
	return int64(len(s.blocks) - 1), nil
}

func (s *heapStore) Read(dst []byte, at int64, length int) ([]byte, error) {
	if err := s.turn(); err != nil {
		return nil, err
	}
	if len(s.blocks[at]) != length {
		return nil, fmt.Errorf("block %d has %d bytes, not %d", at, len(s.blocks[at]), length)
	}
	return append(dst, s.blocks[at]...), nil
}

// What is in the store comes back as from memory.
func TestLogInStore(t *testing.T) {
	store := &heapStore{left: 1 << 20}
	l := NewLog(store)
	l.shelf.used = maxMemory // no room from the start
	r := rand.New(rand.NewPCG(3, 1))
	var want []Finding
	for i := range 20_000 {
		f := randomFinding(r)
		if i == 77 {
			f.Args = []any{"long", string(make([]byte, 2*maxPiece))}
		}
		want = append(want, clone(&f))
		l.Add(&f)
	}
	if len(store.blocks) < 50 {
		t.Fatalf("%d blocks in the store", len(store.blocks))
	}
	for range 2 {
		i := 0
		for f := range l.All() {
			if got := clone(f); fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", want[i]) {
				t.Fatalf("finding %d is\n%#v, want\n%#v", i, got, want[i])
			}
			i++
		}
		if i != len(want) {
			t.Fatalf("read %d of %d", i, len(want))
		}
	}
	checkGroups(t, l, want)
	if err := l.Err(); err != nil {
		t.Error(err)
	}
}

// A store that fails, at any time, is told of: the counts stay right, and
// reading ends without a finding that is another one's.
func TestLogStoreFails(t *testing.T) {
	for left := range 30 {
		l := NewLog(&heapStore{left: left})
		l.shelf.used = maxMemory
		fill(l, 20_000)
		if l.Len() != 20_000 {
			t.Fatalf("counted %d", l.Len())
		}
		n := 0
		for f := range l.All() {
			if f.Line != 100+n*33 {
				t.Fatalf("after %d: finding %d is of line %d", left, n, f.Line)
			}
			n++
		}
		if n == l.Len() {
			t.Fatalf("a store that does %d things was enough", left)
		}
		if !errors.Is(l.Err(), errStore) {
			t.Errorf("after %d: %d findings, %v", left, n, l.Err())
		}
	}
}

// With a store, memory does not grow with the findings.
func TestLogMemoryIsBounded(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	l := NewLog(nowhere{})
	fill(l, 1_000_000)
	runtime.GC()
	runtime.ReadMemStats(&after)
	if got := int64(after.HeapAlloc) - int64(before.HeapAlloc); got > maxMemory+4<<20 {
		t.Errorf("1,000,000 findings hold %d KiB", got>>10)
	}
	runtime.KeepAlive(l)
}

type nowhere struct{ Store }

func (nowhere) Append([]byte) (int64, error) { return 0, nil }

// Names from the file do not make the log slow: each finding costs the same,
// however many names there were before.
func TestLogOfManyNames(t *testing.T) {
	var l Log
	f := Finding{Rule: "XML-UNEXPECTED", Severity: Error, Class: "PERSON", Message: "rule.XML-UNEXPECTED.message"}
	for i := range 100_000 {
		f.Field, f.Class = "x"+strconv.Itoa(i), "C"+strconv.Itoa(i)
		l.Add(&f)
	}
	if n := len(l.streams[0].shapes); n != 1 {
		t.Errorf("%d shapes to search through", n)
	}
	i := 0
	for f := range l.All() {
		if f.Field != "x"+strconv.Itoa(i) || f.Class != "C"+strconv.Itoa(i) {
			t.Fatalf("finding %d is of %s.%s", i, f.Class, f.Field)
		}
		i++
	}
}
