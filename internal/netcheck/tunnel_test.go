package netcheck

import (
	"crypto/tls"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestTunnels has the program use a proxy of each kind the configuration
// takes.
func TestTunnels(t *testing.T) {
	plain := httptest.NewServer(http.HandlerFunc(forward))
	defer plain.Close()
	r := start(t, pageHandler(200, goodPage), nil)
	encrypted := httptest.NewUnstartedServer(http.HandlerFunc(forward))
	encrypted.TLS = &tls.Config{Certificates: []tls.Certificate{r.ca.issue(t, time.Now().Add(-time.Hour), time.Now().Add(time.Hour), "127.0.0.1")}}
	encrypted.Config.ErrorLog = discardLog()
	encrypted.StartTLS()
	defer encrypted.Close()
	for kind, address := range map[string]string{
		"http": plain.URL, "https": encrypted.URL, "socks5": "socks5://bruker:hemmelig@" + socks(t, 0), "socks5 refusing": "socks5://" + socks(t, 2),
	} {
		t.Run(kind, func(t *testing.T) {
			r.opts.Proxy = address
			got := r.run(t)
			if strings.Contains(kind, "refusing") {
				expect(t, got, "tls", false, "tls.cut")
				return
			}
			if !got.OK || strings.Contains(fmt.Sprint(got), "hemmelig") {
				t.Errorf("%+v", got.Steps)
			}
		})
	}
}

// forward is a proxy that makes a tunnel to this machine.
func forward(w http.ResponseWriter, r *http.Request) {
	up, err := net.Dial("tcp", "127.0.0.1:"+portIn(r.Host))
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	down, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	io.WriteString(down, "HTTP/1.1 200 OK\r\n\r\n")
	pipe(up, down)
}

func portIn(address string) string {
	_, port, _ := net.SplitHostPort(address)
	return port
}

func pipe(up, down net.Conn) {
	go func() { io.Copy(up, down); up.Close() }()
	io.Copy(down, up)
	down.Close()
}

// socks is a SOCKS5 proxy (RFC 1928) that takes any password (RFC 1929) and
// answers with that code.
func socks(t *testing.T, code byte) string {
	t.Helper()
	return serve(t, func(c net.Conn) { socksServe(c, code) }).String()
}

func socksServe(c net.Conn, code byte) {
	defer c.Close()
	read := func(n int) []byte {
		b := make([]byte, n)
		io.ReadFull(c, b)
		return b
	}
	methods := read(int(read(2)[1]))
	if len(methods) == 2 { // with a name and a password
		c.Write([]byte{5, 2})
		read(int(read(2)[1]))
		read(int(read(1)[0]))
		c.Write([]byte{1, 0})
	} else {
		c.Write([]byte{5, 0})
	}
	switch read(4)[3] {
	case 1:
		read(4)
	case 3:
		read(int(read(1)[0]))
	default:
		read(16)
	}
	port := binary.BigEndian.Uint16(read(2))
	c.Write([]byte{5, code, 0, 1, 0, 0, 0, 0, 0, 0})
	if code != 0 {
		return
	}
	up, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return
	}
	pipe(up, c)
}
