//go:build bench

package extract

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"iplos/internal/sandbox/synth"
)

// TestOslo groups the largest municipality's tables: IPLOS_PERSONS persons,
// 40,000 by default, from shuffled CSV files, and prints time and memory.
func TestOslo(t *testing.T) {
	n := 40_000
	if s := os.Getenv("IPLOS_PERSONS"); s != "" {
		n, _ = strconv.Atoi(s)
	}
	dir := os.Getenv("IPLOS_TABLES")
	if dir == "" {
		t.Skip("set IPLOS_TABLES to a folder")
	}
	if _, err := os.Stat(dir + "/person.csv"); err != nil {
		g := generator(t, synth.Options{Persons: n, Assessments: 2})
		if err := g.WriteCSVFolder(dir, synth.TableOptions{Shuffle: os.Getenv("IPLOS_SORTED") == ""}); err != nil {
			t.Fatal(err)
		}
		t.Log("written; run again")
		return
	}
	start := time.Now()
	s, err := Open(context.Background(), Options{Path: dir, Year: 2017, Now: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	persons, rows := 0, 0
	for p, err := range s.Persons() {
		if err != nil {
			t.Fatal(err)
		}
		persons++
		rows += p.Len() - 1
	}
	took := time.Since(start)
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	status, _ := os.ReadFile("/proc/self/status")
	for _, l := range strings.Split(string(status), "\n") {
		if strings.HasPrefix(l, "VmHWM") {
			fmt.Println(l)
		}
	}
	in := s.Input()
	fmt.Printf("%d persons, %d rows, %.0f MB in %v: %.0f MB/s; heap sys %d MiB, store %d MiB, spilled %v\n", persons, rows,
		float64(in.Bytes)/1e6, took.Round(time.Millisecond), float64(in.Bytes)/1e6/took.Seconds(), m.HeapSys>>20,
		s.src.(*tables).store.used>>20, s.src.(*tables).store.spill != nil)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
