package sandbox

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"time"

	"iplos/internal/fault"
	"iplos/internal/sandbox/testca"
)

// site is one listening HTTPS server.
type site struct {
	url    string
	server *http.Server
	done   chan error
	stop   func() bool
}

type siteOptions struct {
	addr, last string
	ca         *testca.CA
	now        time.Time
	handler    http.Handler
	oldTLS     bool
}

// openSite listens and serves in the background.
func openSite(ctx context.Context, o siteOptions) (*site, error) {
	l, err := listen(ctx, o.addr, o.last)
	if err != nil {
		return nil, err
	}
	cert, err := o.ca.Server(o.now)
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	conf := &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
	if o.oldTLS {
		conf.MinVersion, conf.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 //nolint:gosec // what a client must refuse
	}
	s := &site{
		url: "https://" + l.Addr().String(), done: make(chan error, 1),
		server: &http.Server{
			Handler: o.handler, ReadHeaderTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
			// Broken connections are what a sandbox is for; the trail has
			// what is worth knowing.
			ErrorLog:    log.New(io.Discard, "", 0),
			BaseContext: func(net.Listener) context.Context { return ctx },
		},
	}
	go func() { s.done <- s.server.Serve(tls.NewListener(l, conf)) }()
	s.stop = context.AfterFunc(ctx, func() { _ = s.server.Close() })
	return s, nil
}

// listen takes the address asked for; without a port, the port of the last
// time if it is free.
func listen(ctx context.Context, addr, last string) (net.Listener, error) {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	host, port, err := net.SplitHostPort(addr)
	if err != nil || !loopback(host) {
		return nil, fault.New(fault.Usage, "sandbox.address", "address", addr)
	}
	var conf net.ListenConfig
	if u, err := url.Parse(last); err == nil && port == "0" && u.Port() != "" {
		if l, err := conf.Listen(ctx, "tcp", net.JoinHostPort(host, u.Port())); err == nil {
			return l, nil
		}
	}
	l, err := conf.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fault.Wrap(err, fault.Usage, "sandbox.port", "address", addr)
	}
	return l, nil
}

// loopback: a practice site must not be reachable from another machine.
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// close ends every connection and waits for the server to stop.
func (s *site) close() error {
	s.stop()
	err := s.server.Close()
	if served := <-s.done; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}
