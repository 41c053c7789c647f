package submit_test

import (
	"bytes"
	"crypto/tls"
	"encoding/pem"
	"io"
	"net"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// action is what the proxy does at the chosen byte.
type action int

const (
	cut action = iota
	stall
	drip
	corrupt
)

// plan is one fault: on one connection, in one direction, at one byte.
type plan struct {
	// match chooses the connection by the head of its request; nil chooses
	// by number, from 0, without looking inside the TLS.
	match func(head string) bool
	conn  int
	// up is from client to server.
	up  bool
	at  func(head, total int64) int64
	act action
}

func at(n int64) func(int64, int64) int64 { return func(int64, int64) int64 { return n } }

// faultProxy stands between the client and the site. With a match it ends the
// TLS itself, so that bytes are counted in the HTTP messages.
type faultProxy struct {
	net.Listener
	plan   plan
	target string
	ca     string
	inside bool
	config *tls.Config
	stop   chan struct{}
	wg     sync.WaitGroup

	mu    sync.Mutex
	conns int
	hit   bool
}

func startProxy(t *testing.T, web *httptest.Server, p plan) *faultProxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &faultProxy{Listener: l, plan: p, target: web.Listener.Addr().String(), inside: p.match != nil, config: web.TLS, stop: make(chan struct{})}
	f.ca = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(f.ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: web.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	f.wg.Go(f.serve)
	t.Cleanup(func() { close(f.stop); _ = l.Close(); f.wg.Wait() })
	return f
}

func (f *faultProxy) url() string { return "https://" + f.Addr().String() }

func (f *faultProxy) serve() {
	for {
		c, err := f.Accept()
		if err != nil {
			return
		}
		f.mu.Lock()
		n := f.conns
		f.conns++
		f.mu.Unlock()
		f.wg.Go(func() { f.handle(c, n) })
	}
}

func (f *faultProxy) handle(raw net.Conn, n int) {
	defer raw.Close()
	server, err := net.Dial("tcp", f.target)
	if err != nil {
		return
	}
	defer server.Close()
	both := []net.Conn{raw, server}
	client := raw
	chosen := n == f.plan.conn
	head, total := int64(0), int64(0)
	var first []byte
	if f.inside {
		client = tls.Server(raw, &tls.Config{Certificates: f.config.Certificates})
		server = tls.Client(server, &tls.Config{InsecureSkipVerify: true})
		if first, err = readHead(client); err != nil {
			return
		}
		chosen = f.plan.match(string(first))
		head = int64(len(first))
		total = head + contentLength(string(first))
	}
	limit := int64(-1)
	if chosen {
		limit = f.plan.at(head, total)
	}
	var wg sync.WaitGroup
	done := func() {
		for _, c := range both {
			_ = c.Close()
		}
	}
	up, down := int64(-1), int64(-1)
	if f.plan.up {
		up = limit
	} else {
		down = limit
	}
	wg.Go(func() { f.pipe(server, io.MultiReader(bytes.NewReader(first), client), up, both); done() })
	wg.Go(func() { f.pipe(client, server, down, both); done() })
	finished := make(chan struct{})
	go func() { wg.Wait(); close(finished) }()
	select {
	case <-finished:
	case <-f.stop:
		done()
		<-finished
	}
}

func readHead(c net.Conn) ([]byte, error) {
	var head []byte
	b := make([]byte, 1)
	for !bytes.HasSuffix(head, []byte("\r\n\r\n")) {
		if _, err := c.Read(b); err != nil {
			return nil, err
		}
		head = append(head, b[0])
	}
	return head, nil
}

func contentLength(head string) int64 {
	for line := range strings.SplitSeq(head, "\r\n") {
		if name, value, _ := strings.Cut(line, ": "); strings.EqualFold(name, "Content-Length") {
			n, _ := strconv.ParseInt(value, 10, 64)
			return n
		}
	}
	return 0
}

// pipe copies; at the limit it does what the plan says.
func (f *faultProxy) pipe(dst io.Writer, src io.Reader, limit int64, both []net.Conn) {
	buf := make([]byte, 4096)
	for passed := int64(0); ; {
		if limit >= 0 && passed >= limit {
			if !f.fault(dst, src, both) {
				return
			}
			limit = -1
		}
		chunk := buf
		if limit >= 0 && limit-passed < int64(len(chunk)) {
			chunk = buf[:limit-passed]
		}
		n, err := src.Read(chunk)
		if _, werr := dst.Write(chunk[:n]); werr != nil || err != nil {
			return
		}
		passed += int64(n)
	}
}

// happened tells whether the fault was reached.
func (f *faultProxy) happened() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.hit
}

// fault acts and tells whether the copying goes on.
func (f *faultProxy) fault(dst io.Writer, src io.Reader, both []net.Conn) bool {
	f.mu.Lock()
	f.hit = true
	f.mu.Unlock()
	b := make([]byte, 1)
	switch f.plan.act {
	case cut:
		for _, c := range both {
			if t, ok := c.(*net.TCPConn); ok {
				_ = t.SetLinger(0)
			}
		}
		return false
	case stall:
		<-f.stop
		return false
	case corrupt:
		if _, err := io.ReadFull(src, b); err != nil {
			return false
		}
		b[0] ^= 0x55
		_, err := dst.Write(b)
		return err == nil
	default:
		for {
			if _, err := io.ReadFull(src, b); err != nil {
				return false
			}
			if _, err := dst.Write(b); err != nil {
				return false
			}
			select {
			case <-time.After(20 * time.Millisecond):
			case <-f.stop:
				return false
			}
		}
	}
}
