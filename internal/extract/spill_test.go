package extract

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"iplos/internal/sandbox/synth"
)

// TestStoreKeepsOrder compares the store, in memory and spilled, with a plain
// map of slices.
func TestStoreKeepsOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, limit := range []int64{1 << 30, 100_000, 5_000, 1} {
		s := newStore(limit, t.TempDir())
		want := map[uint32][]string{}
		rows := 3000
		if limit == 1 {
			rows = 200 // a run for each row
		}
		for i := range rows {
			o := uint32(rng.IntN(300))
			row := fmt.Sprintf("%d:%d:%s", o, i, strings.Repeat("x", rng.IntN(40)))
			if i == 77 && limit > 1 {
				row += strings.Repeat("y", 2*chunkBytes) // longer than a chunk
			}
			want[o] = append(want[o], row)
			if err := s.add(o, []byte(row)); err != nil {
				t.Fatal(err)
			}
		}
		if spilled := s.spill != nil; spilled != (limit < 1<<30) {
			t.Fatalf("limit %d: spilled %v", limit, spilled)
		}
		gather, err := s.gather()
		if err != nil {
			t.Fatal(err)
		}
		for o := range uint32(301) {
			var got []string
			if err := gather(o, func(row []byte) { got = append(got, string(row)) }); err != nil {
				t.Fatal(err)
			}
			if fmt.Sprint(got) != fmt.Sprint(want[o]) {
				t.Fatalf("limit %d, person %d: %d rows, want %d", limit, o, len(got), len(want[o]))
			}
		}
		if err := s.close(); err != nil {
			t.Error(err)
		}
	}
}

func noFiles(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			t.Errorf("%s is left", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestNothingIsLeftBehind closes at every point and looks at the temporary
// folder.
func TestNothingIsLeftBehind(t *testing.T) {
	g := generator(t, synth.Options{Persons: 100})
	dir := t.TempDir()
	if err := g.WriteCSVFolder(dir, synth.TableOptions{Shuffle: true}); err != nil {
		t.Fatal(err)
	}
	temp := t.TempDir()
	for _, stop := range []int{0, 1, 50, 1000} {
		s, err := Open(context.Background(), Options{Path: dir, Year: 2017, MemoryBytes: 10_000, TempDir: temp})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, err := range s.Persons() {
			if err != nil {
				t.Fatal(err)
			}
			if n++; n > stop {
				break
			}
		}
		if s.src.(*tables).store.spill == nil {
			t.Fatal("nothing was spilled")
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		noFiles(t, temp)
	}
	// A folder that cannot be written to is a fault with a hint.
	_, _, err := tryRead(t, Options{Path: dir, Year: 2017, MemoryBytes: 10_000, TempDir: filepath.Join(temp, "gone")})
	if f := faultOf(t, err); f.ID != "file.spill" || !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// TestMemoryIsBounded reads a set many times its memory limit, and looks at
// what the heap holds meanwhile.
func TestMemoryIsBounded(t *testing.T) {
	g := generator(t, synth.Options{Persons: 6000, Assessments: 2})
	dir := t.TempDir()
	if err := g.WriteCSVFolder(dir, synth.TableOptions{Shuffle: true}); err != nil {
		t.Fatal(err)
	}
	heap := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	held := map[int64]int64{}
	for _, limit := range []int64{1 << 20, 1 << 30} {
		before := heap()
		s, err := Open(context.Background(), Options{Path: dir, Year: 2017, MemoryBytes: limit, TempDir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, err := range s.Persons() {
			if err != nil {
				t.Fatal(err)
			}
			if n++; n == 1 {
				held[limit] = heap() - before
			}
		}
		if n != 6000 {
			t.Errorf("%d persons", n)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if held[1<<20] > 8<<20 || held[1<<30] < 10<<20 {
		t.Errorf("held with a limit of 1 MiB: %d KiB, without: %d KiB", held[1<<20]>>10, held[1<<30]>>10)
	}
}
