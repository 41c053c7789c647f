package gunzip

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"

	"iplos/internal/leaktest"
)

// text is as repetitive as messages are, and never twice the same.
func text(n int) []byte {
	r := rand.New(rand.NewPCG(1, 2))
	words := []string{"<TJENESTE tjType=\"", "\">", "</TJENESTE>\n", "0123", "4567", "æøå", "kommune", "  "}
	var b bytes.Buffer
	for b.Len() < n {
		b.WriteString(words[r.IntN(len(words))])
		if r.IntN(9) == 0 {
			b.WriteByte(byte('a' + r.IntN(26)))
		}
	}
	return b.Bytes()[:n]
}

// packed is one member, flushed after every block; forgetting says that no
// block refers back to another.
func packed(t testing.TB, data []byte, block int, forgetting bool) []byte {
	t.Helper()
	if block == 0 {
		var whole bytes.Buffer
		zw := gzip.NewWriter(&whole)
		_, _ = zw.Write(data)
		if err := zw.Close(); err != nil {
			t.Fatal(err)
		}
		return whole.Bytes()
	}
	out := bytes.NewBuffer([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255})
	fw, err := flate.NewWriter(out, 1)
	if err != nil {
		t.Fatal(err)
	}
	for rest := data; len(rest) > 0; {
		n := min(block, len(rest))
		if forgetting {
			fw.Reset(out)
		}
		_, _ = fw.Write(rest[:n])
		if err := fw.Flush(); err != nil {
			t.Fatal(err)
		}
		rest = rest[n:]
	}
	out.WriteString(end)
	tail := binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE(data))
	out.Write(binary.LittleEndian.AppendUint32(tail, uint32(len(data))))
	return out.Bytes()
}

func unpack(ctx context.Context, in io.Reader) ([]byte, error) {
	var out []byte
	taken := 0
	err := Copy(ctx, in, func(b []byte) (func() error, error) {
		taken += len(b)
		return func() error {
			out = append(out, b...)
			return nil
		}, nil
	})
	if err == nil && taken != len(out) {
		err = errors.New("not all that was taken was passed on")
	}
	return out, err
}

// Members of every kind come out as they went in: flushed or not, with
// references over the flushes, blocks too short and too long to be unpacked
// on their own.
func TestCopy(t *testing.T) {
	all := text(3 << 19)
	random := make([]byte, 5<<18)
	for i := range random {
		random[i] = byte(rand.Uint32())
	}
	markers := bytes.Repeat([]byte("\x00\x00\xff\xff1234567"), 120_000)
	for _, data := range [][]byte{nil, {1}, all[:5000], all, random, markers} {
		for _, block := range []int{0, 100, 40_000, maxData - 1, maxData, maxData + 1, 1 << 20} {
			data := data
			if block > 0 && block < maxData-1 && len(data) > 200_000 {
				data = data[:200_000] // enough of them
			}
			for _, forgetting := range []bool{true, false} {
				out, err := unpack(t.Context(), iotest.HalfReader(bytes.NewReader(packed(t, data, block, forgetting))))
				if err != nil || !bytes.Equal(out, data) {
					t.Errorf("%d bytes in blocks of %d, %v: %d bytes, %v", len(data), block, forgetting, len(out), err)
				}
			}
		}
	}
}

// What a packer of messages makes is unpacked in stretches, not as a stream:
// otherwise the tests above prove nothing about them.
func TestStretches(t *testing.T) {
	data := text(3 << 20)
	u := &unpacker{ctx: t.Context(), cancel: func(error) {}}
	c := cutter{r: bytes.NewReader(packed(t, data, maxData, true)[10:])}
	for i := range 6 {
		p, err := c.next()
		s := &stretch{packed: p}
		var fr io.ReadCloser
		s.unpack(&fr)
		if err != nil || !s.whole || !bytes.Equal(s.data, data[i*maxData:(i+1)*maxData]) {
			t.Fatalf("stretch %d: whole %v, %d bytes, %v", i, s.whole, len(s.data), err)
		}
		u.remember(s.data)
	}
	if !bytes.Equal(u.window, data[len(data)-windowSize:]) {
		t.Error("the window is not the last that was given")
	}
	u.remember([]byte("xyz"))
	if len(u.window) != windowSize || !bytes.HasSuffix(u.window, []byte("xyz")) {
		t.Error("a short block was forgotten")
	}
}

// Cut anywhere, or with something after the end, a member is refused; changed
// anywhere, it is refused or comes out as it went in.
func TestDamaged(t *testing.T) {
	data := text(600_000) // more than one stretch
	for _, block := range []int{0, 100_000} {
		whole := packed(t, data, block, true)
		for cut := 0; cut < len(whole); cut += 1 + len(whole)/50 {
			if _, err := unpack(t.Context(), bytes.NewReader(whole[:cut])); !errors.Is(err, ErrDamaged) {
				t.Errorf("cut at %d of %d: %v", cut, len(whole), err)
			}
		}
		for at := 10; at < len(whole); at += 1 + len(whole)/50 {
			changed := bytes.Clone(whole)
			changed[at] ^= 0x10
			if out, err := unpack(t.Context(), bytes.NewReader(changed)); err == nil && !bytes.Equal(out, data) {
				t.Errorf("changed at %d of %d: other bytes and no word", at, len(whole))
			}
		}
		for _, more := range []string{"\x00", "x", string(whole)} {
			if _, err := unpack(t.Context(), bytes.NewReader(append(bytes.Clone(whole), more...))); !errors.Is(err, ErrDamaged) {
				t.Errorf("%d bytes after the end: %v", len(more), err)
			}
		}
	}
}

// Errors of either side come back as they are, and no goroutine stays.
func TestErrors(t *testing.T) {
	leaktest.Check(t)
	here := errors.New("here")
	for _, block := range []int{0, 100_000} {
		whole := packed(t, text(1<<20), block, true)
		for at := 0; at < len(whole); at += 1 + len(whole)/20 {
			in := io.MultiReader(bytes.NewReader(whole[:at]), iotest.ErrReader(here))
			if _, err := unpack(t.Context(), in); !errors.Is(err, here) {
				t.Errorf("input fails at %d: %v", at, err)
			}
		}
		for n := range 6 {
			left, early := n/2, n%2 == 0
			fail := func() error {
				if left--; left < 0 {
					return here
				}
				return nil
			}
			err := Copy(t.Context(), bytes.NewReader(whole), func([]byte) (func() error, error) {
				if early {
					return func() error { return nil }, fail()
				}
				return fail, nil
			})
			if left < 0 && !errors.Is(err, here) {
				t.Errorf("taking fails: %v", err)
			}
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(here)
		if _, err := unpack(ctx, bytes.NewReader(whole)); !errors.Is(err, here) {
			t.Errorf("cancelled: %v", err)
		}
	}
}

// FuzzCopy wants the verdict and the bytes of the standard library.
func FuzzCopy(f *testing.F) {
	data := text(60_000)
	for _, block := range []int{0, 1000, 20_000} {
		f.Add(packed(f, data, block, true))
		f.Add(packed(f, data, block, false))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		want, wantErr := reference(in)
		got, err := unpack(t.Context(), bytes.NewReader(in))
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("%v, the standard library says %v", err, wantErr)
		}
		if err == nil && !bytes.Equal(got, want) {
			t.Fatal("other bytes than the standard library")
		}
	})
}

func reference(in []byte) ([]byte, error) {
	src := bytes.NewReader(in)
	r, err := gzip.NewReader(src)
	if err != nil {
		return nil, err
	}
	r.Multistream(false)
	out, err := io.ReadAll(io.LimitReader(r, 64<<20))
	if err == nil && src.Len() > 0 {
		err = io.ErrNoProgress
	}
	return out, err
}
