package netcheck

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
)

// attempt is what one address did with a connection.
type attempt struct {
	addr netip.Addr
	err  error
}

// kind names how a connection attempt ended.
type kind string

const (
	open        kind = "open"
	refused     kind = "refused"
	dropped     kind = "dropped"
	unreachable kind = "unreachable"
	forbidden   kind = "forbidden"
	other       kind = "other"
)

func (a attempt) kind() kind {
	switch {
	case a.err == nil:
		return open
	case isErrno(a.err, syscall.ECONNREFUSED, wsaRefused):
		return refused
	case isErrno(a.err, syscall.EHOSTUNREACH, wsaHostUnreachable), isErrno(a.err, syscall.ENETUNREACH, wsaNetUnreachable):
		return unreachable
	case isErrno(a.err, syscall.EACCES, wsaAccess), isErrno(a.err, syscall.EPERM, wsaAccess):
		return forbidden
	case isTimeout(a.err):
		return dropped
	default:
		return other
	}
}

// probeTCP connects to every address at the same time, so that one that
// drops the packets does not use the others' time.
func probeTCP(ctx context.Context, s *session) outcome {
	var o outcome
	results := make([]attempt, len(s.addrs))
	done := make(chan struct{})
	for i, addr := range s.addrs {
		go func() {
			results[i] = attempt{addr, connect(ctx, addr, s.port)}
			done <- struct{}{}
		}()
	}
	for range s.addrs {
		<-done
	}
	failed := attempt{}
	for _, a := range results {
		s.tellAttempt(&o, a)
		if a.err == nil && !s.open.IsValid() {
			s.open = a.addr
		} else if a.err != nil && !failed.addr.IsValid() {
			failed = a
		}
	}
	switch o.ok = s.open.IsValid(); {
	case !o.ok:
		s.adviseTCP(&o, failed.kind())
	case failed.addr.IsValid():
		o.warn("netcheck.tcp.some")
		o.advice = append(o.advice, s.result.firewallRule())
	}
	return o
}

func connect(ctx context.Context, addr netip.Addr, port string) error {
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", net.JoinHostPort(addr.String(), port))
	if err != nil {
		return err
	}
	return c.Close()
}

func (s *session) tellAttempt(o *outcome, a attempt) {
	args := []any{"address", a.addr.String(), "port", s.port}
	switch a.kind() {
	case open:
		o.say("netcheck.tcp.open", args...)
	case refused:
		o.say("netcheck.tcp.refused", args...)
	case dropped:
		o.say("netcheck.tcp.dropped", args...)
	case unreachable:
		o.say("netcheck.tcp.unreachable", args...)
	case forbidden:
		o.say("netcheck.tcp.forbidden", args...)
	default:
		o.say("netcheck.tcp.other", append(args, "cause", oneLine(a.err))...)
	}
}

func (s *session) adviseTCP(o *outcome, k kind) {
	switch k {
	case refused:
		o.advise("netcheck.tcp.refused.advice")
	case unreachable:
		o.advise("netcheck.tcp.unreachable.advice")
	case forbidden:
		o.advise("netcheck.tcp.forbidden.advice")
	default:
		o.advise("netcheck.tcp.dropped.advice")
	}
}

// Windows' own error numbers: syscall's names are invented there.
const (
	wsaAccess          = 10013
	wsaNetUnreachable  = 10051
	wsaRefused         = 10061
	wsaHostUnreachable = 10065
)

func isErrno(err error, unix, windows syscall.Errno) bool {
	return errors.Is(err, unix) || errors.Is(err, windows)
}

func isTimeout(err error) bool {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) {
		return true
	}
	n, ok := errors.AsType[net.Error](err)
	return ok && n.Timeout()
}

// oneLine is an error for the user: one line, and not a long one.
func oneLine(err error) string {
	const longest = 200
	s := strings.Join(strings.Fields(err.Error()), " ")
	if r := []rune(s); len(r) > longest {
		s = string(r[:longest]) + "…"
	}
	return s
}
