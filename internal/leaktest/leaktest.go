// Package leaktest tells whether goroutines outlive what started them. It is
// for tests that nothing runs beside.
package leaktest

import (
	"runtime"
	"testing"
	"time"
)

// Check fails the test when there are more goroutines at its end than now. A
// goroutine may end a little after what it reports, and is waited for.
func Check(t testing.TB) {
	t.Helper()
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		if after := settle(before, time.Second); after > before {
			t.Errorf("%d goroutines, %d before", after, before)
		}
	})
}

// settle waits for the number to come down and returns what it is.
func settle(want int, most time.Duration) int {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(most); ; {
		now := runtime.NumGoroutine()
		if now <= want {
			return now
		}
		select {
		case <-tick.C:
		case <-late:
			return now
		}
	}
}
