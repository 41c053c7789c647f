package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// watch follows a process's largest memory until the function it returns is
// called. The kernel's own account at the end will not do: it starts with the
// memory of the process that forked. Outside Linux it is 0.
func watch(pid int) func() int64 {
	stop, result := make(chan struct{}), make(chan int64)
	go func() {
		var peak int64
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				result <- peak
				return
			case <-tick.C:
				peak = max(peak, highWater(pid))
			}
		}
	}()
	return func() int64 {
		close(stop)
		return <-result
	}
}

// highWater reads VmHWM in KiB.
func highWater(pid int) int64 {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, after, ok := strings.Cut(string(data), "VmHWM:")
	if !ok {
		return 0
	}
	n, err := strconv.ParseInt(strings.Fields(after)[0], 10, 64)
	if err != nil {
		return 0
	}
	return n
}
