package submit_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"iplos/internal/fault"
	"iplos/internal/sandbox/sendemodul"
	"iplos/internal/submit"
)

// faulted is a run against the practice site through the proxy.
type faulted struct {
	site  *sandbox
	proxy *faultProxy
	out   *submit.Outcome
	err   error
	ev    *recorder
}

func runFaulted(t *testing.T, p plan, size int) *faulted {
	t.Helper()
	s := startSandbox(t, "plain")
	f := &faulted{site: s, proxy: startProxy(t, s.web, p), ev: &recorder{}}
	opts := s.opts
	opts.URL, opts.HTTP.CAFile, opts.Events = f.proxy.url()+sendemodul.Base, f.proxy.ca, f.ev
	opts.HTTP.HeaderTimeout, opts.HTTP.HandshakeTimeout, opts.HTTP.StallTimeout = 700*time.Millisecond, 700*time.Millisecond, 400*time.Millisecond
	f.out, f.err = submit.Send(t.Context(), opts, consignment(t, size, "iplos-0403-00-2017-a1.tar"))
	return f
}

// check: what the run says is true, whatever happened to it.
func (f *faulted) check(t *testing.T, what string) {
	t.Helper()
	held := len(f.site.Deliveries())
	switch f.out.State {
	case submit.Uploaded:
		if held != 1 || f.err != nil {
			t.Errorf("%s: says uploaded, the site holds %d (%v)", what, held, f.err)
		}
	case submit.Unknown:
		if held > 1 || fault.KindOf(f.err) != fault.Unknown {
			t.Errorf("%s: says unknown, the site holds %d, kind %q (%v)", what, held, fault.KindOf(f.err), f.err)
		}
	default:
		if held != 0 || f.err == nil {
			t.Errorf("%s: says %q, the site holds %d (%v)", what, f.out.State, held, f.err)
		}
	}
	f.ev.checkTruth(t, f.out)
	if f.err != nil && strings.Contains(f.err.Error(), testPIN) {
		t.Errorf("%s: the error shows the PIN", what)
	}
}

func isUpload(head string) bool { return strings.Contains(head, "multipart/form-data") }

func isLogin(head string) bool {
	return strings.HasPrefix(head, "POST ") && strings.Contains(head, "x-www-form-urlencoded")
}

// goOn is the length of "HTTP/1.1 100 Continue\r\n\r\n", which comes before
// the answer.
const goOn = 25

// TestFaultAtByte: before the first byte of the body nothing was delivered;
// from then on only a recognised answer is no "unknown".
func TestFaultAtByte(t *testing.T) {
	for _, tc := range []struct {
		name   string
		plan   plan
		kind   fault.Kind
		stored int
	}{
		{"login cut at 0", plan{match: isLogin, up: true, at: at(0), act: cut}, fault.Network, 0},
		{"login answer cut", plan{match: isLogin, at: at(30), act: cut}, fault.Network, 0},
		{"login never answered", plan{match: isLogin, at: at(0), act: stall}, fault.Network, 0},
		{"upload cut at 0", plan{match: isUpload, up: true, at: at(0), act: cut}, fault.Network, 0},
		{"upload cut at 1", plan{match: isUpload, up: true, at: at(1), act: cut}, fault.Network, 0},
		{"upload cut in the head", plan{match: isUpload, up: true, at: func(h, _ int64) int64 { return h / 2 }, act: cut}, fault.Network, 0},
		{"upload cut before the head's last byte", plan{match: isUpload, up: true, at: func(h, _ int64) int64 { return h - 1 }, act: cut}, fault.Network, 0},
		{"upload cut at the body's first byte", plan{match: isUpload, up: true, at: func(h, _ int64) int64 { return h + 1 }, act: cut}, fault.Unknown, 0},
		{"upload cut in the body", plan{match: isUpload, up: true, at: func(h, n int64) int64 { return (h + n) / 2 }, act: cut}, fault.Unknown, 0},
		{"upload cut before the last byte", plan{match: isUpload, up: true, at: func(_, n int64) int64 { return n - 1 }, act: cut}, fault.Unknown, 0},
		{"upload stalls in the body", plan{match: isUpload, up: true, at: func(h, n int64) int64 { return (h + n) / 2 }, act: stall}, fault.Unknown, 0},
		{"upload at a byte a moment", plan{match: isUpload, up: true, at: func(h, n int64) int64 { return (h + n) / 2 }, act: drip}, fault.Unknown, 0},
		{"answer lost", plan{match: isUpload, at: at(goOn), act: stall}, fault.Unknown, 1},
		{"answer cut at 1", plan{match: isUpload, at: at(goOn + 1), act: cut}, fault.Unknown, 1},
		{"answer cut in the head", plan{match: isUpload, at: at(goOn + 60), act: cut}, fault.Unknown, 1},
		{"answer cut in the page", plan{match: isUpload, at: at(goOn + 1000), act: cut}, fault.Unknown, 1},
		{"answer stalls in the page", plan{match: isUpload, at: at(goOn + 1000), act: stall}, fault.Unknown, 1},
		{"answer at a byte a moment", plan{match: isUpload, at: at(goOn + 1000), act: drip}, fault.Unknown, 1},
		{"answer is not HTTP", plan{match: isUpload, at: at(goOn), act: corrupt}, fault.Unknown, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := runFaulted(t, tc.plan, 300_000)
			f.check(t, tc.name)
			// On a machine with much else to do a time-out may come before
			// the place of the fault.
			for i := 0; i < 5 && !f.proxy.happened(); i++ {
				f = runFaulted(t, tc.plan, 300_000)
				f.check(t, tc.name)
			}
			if fault.KindOf(f.err) != tc.kind || len(f.site.Deliveries()) != tc.stored {
				t.Errorf("kind %q, stored %d, want %q, %d: %v", fault.KindOf(f.err), len(f.site.Deliveries()), tc.kind, tc.stored, f.err)
			}
			if !f.proxy.happened() {
				t.Error("the fault did not happen")
			}
		})
	}
}

// TestFaultAnywhere cuts and corrupts each connection of a run at bytes
// around each boundary of the encrypted line: what the run says stays true.
func TestFaultAnywhere(t *testing.T) {
	clean := runFaulted(t, plan{conn: -1}, 20_000)
	clean.check(t, "clean")
	if clean.err != nil {
		t.Fatal(clean.err)
	}
	states := map[submit.State]int{}
	for conn := range clean.proxy.conns {
		for _, act := range []action{cut, corrupt} {
			for _, up := range []bool{true, false} {
				for _, n := range []int64{0, 1, 250, 1500, 12_000} {
					what := fmt.Sprintf("conn %d, up %v, byte %d, action %d", conn, up, n, act)
					f := runFaulted(t, plan{conn: conn, up: up, at: at(n), act: act}, 20_000)
					f.check(t, what)
					states[f.out.State]++
					if t.Failed() {
						t.FailNow()
					}
				}
			}
		}
	}
	if states[submit.Uploaded] == 0 || states[submit.Unknown] == 0 || states[submit.NotSent] == 0 {
		t.Errorf("the faults do not reach everything: %v", states)
	}
}
