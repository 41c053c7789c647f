package netcheck

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/net/proxy"
)

// dialTarget connects to the address the tcp step found open and, through a
// proxy, on to the target.
func (s *session) dialTarget(ctx context.Context) (net.Conn, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", net.JoinHostPort(s.open.String(), s.port))
	if err != nil || s.proxy == nil || s.url.Scheme == "http" {
		return conn, err
	}
	through, err := s.tunnel(ctx, conn, net.JoinHostPort(s.url.Hostname(), portOf(s.url)))
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return through, nil
}

// tunnel asks the proxy at the other end for a connection to the target.
func (s *session) tunnel(ctx context.Context, conn net.Conn, target string) (net.Conn, error) {
	switch s.proxy.Scheme {
	case "socks5", "socks5h":
		return throughSOCKS(ctx, conn, s.proxy, target)
	case "https":
		c := tls.Client(conn, &tls.Config{ServerName: s.proxy.Hostname(), RootCAs: s.roots, MinVersion: tls.VersionTLS12, Time: s.opts.Now})
		if err := c.HandshakeContext(ctx); err != nil {
			return nil, fmt.Errorf("shaking hands with the proxy: %w", err)
		}
		conn = c
	}
	return conn, connectThrough(ctx, conn, s.proxy, target)
}

// throughSOCKS asks a SOCKS5 proxy over a connection that is there already.
func throughSOCKS(ctx context.Context, conn net.Conn, at *url.URL, target string) (net.Conn, error) {
	var auth *proxy.Auth
	if at.User != nil {
		password, _ := at.User.Password()
		auth = &proxy.Auth{User: at.User.Username(), Password: password}
	}
	d, err := proxy.SOCKS5("tcp", at.Host, auth, made{conn})
	if err != nil {
		return nil, fmt.Errorf("talking to the proxy: %w", err)
	}
	dialer, ok := d.(proxy.ContextDialer)
	if !ok {
		return nil, errors.New("talking to the proxy: it cannot be interrupted")
	}
	return dialer.DialContext(ctx, "tcp", target)
}

// made is a dialer whose connection is made already.
type made struct{ conn net.Conn }

func (m made) Dial(string, string) (net.Conn, error) { return m.conn, nil }

func (m made) DialContext(context.Context, string, string) (net.Conn, error) { return m.conn, nil }

// proxyRefusal is a proxy's answer other than 200.
type proxyRefusal struct{ status int }

func (e *proxyRefusal) Error() string {
	return fmt.Sprintf("the proxy answered %d %s", e.status, http.StatusText(e.status))
}

// connectThrough asks an HTTP proxy for a tunnel.
func connectThrough(ctx context.Context, conn net.Conn, proxy *url.URL, target string) error {
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return fmt.Errorf("talking to the proxy: %w", err)
		}
		defer conn.SetDeadline(time.Time{}) //nolint:errcheck // the connection's next use has its own
	}
	head := "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n"
	if proxy.User != nil {
		password, _ := proxy.User.Password()
		both := proxy.User.Username() + ":" + password
		head += "Proxy-Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(both)) + "\r\n"
	}
	if _, err := conn.Write([]byte(head + "\r\n")); err != nil {
		return fmt.Errorf("talking to the proxy: %w", err)
	}
	// One byte at a time: what follows the head belongs to the tunnel.
	resp, err := http.ReadResponse(bufio.NewReaderSize(byteReader{conn}, 16), &http.Request{Method: http.MethodConnect})
	if err != nil {
		return fmt.Errorf("talking to the proxy: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return errors.Join(&proxyRefusal{resp.StatusCode}, resp.Body.Close())
	}
	return nil // the body is the tunnel
}

// byteReader reads single bytes, so that a buffer over it holds no more.
type byteReader struct{ c net.Conn }

func (b byteReader) Read(p []byte) (int, error) { return b.c.Read(p[:min(1, len(p))]) }
