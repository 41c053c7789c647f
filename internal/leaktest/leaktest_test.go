package leaktest

import (
	"runtime"
	"testing"
	"time"
)

// A goroutine that ends late is waited for, one that stays is not.
func TestSettle(t *testing.T) {
	before := runtime.NumGoroutine()
	stop := make(chan struct{})
	go func() { <-stop }()
	if n := settle(before, 20*time.Millisecond); n <= before {
		t.Errorf("%d goroutines, %d before, and one waits", n, before)
	}
	go func() {
		<-time.After(20 * time.Millisecond)
		close(stop)
	}()
	if n := settle(before, 10*time.Second); n > before {
		t.Errorf("%d goroutines, %d before, and none waits", n, before)
	}
}
