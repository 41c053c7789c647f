package httpx

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestWatchdog measures in the time of a bubble when a stall is seen.
func TestWatchdog(t *testing.T) {
	for _, tc := range []struct {
		name  string
		bytes int // moved each second
		pause bool
		want  time.Duration
	}{
		{"nothing", 0, false, 60 * time.Second},
		{"a byte a second", 1, false, 60 * time.Second},
		{"just too slow", 17, false, 60 * time.Second},
		{"just enough", 18, false, 0},
		{"a slow reader of its own", 0, true, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begin := time.Now()
				var barked time.Duration
				d := &watchdog{timeout: DefaultStallTimeout, least: DefaultStallBytes, bark: func() { barked = time.Since(begin) }}
				d.start()
				if tc.pause {
					d.pause()
				}
				for range 600 {
					time.Sleep(time.Second - time.Millisecond)
					d.move(tc.bytes)
					time.Sleep(time.Millisecond)
				}
				d.stop()
				synctest.Wait()
				if barked != tc.want {
					t.Errorf("barked after %v, want %v", barked, tc.want)
				}
			})
		})
	}
}

// TestWatchdogStops: after stop nothing barks, whatever is called.
func TestWatchdogStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		barked := false
		d := &watchdog{timeout: time.Second, least: 1, bark: func() { barked = true }}
		d.start()
		d.stop()
		d.start()
		time.Sleep(time.Minute)
		synctest.Wait()
		if barked {
			t.Error("barked after stop")
		}
	})
}
