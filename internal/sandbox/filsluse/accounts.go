package filsluse

import (
	"crypto/rand"
	"crypto/subtle"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
	"unicode"

	"iplos/internal/secret"
)

// The vendor's defaults: an address is locked after fifteen bad attempts in
// five minutes. How a user name is locked is for each site to say.
const (
	addressAttempts = 15
	addressWindow   = 5 * time.Minute
	userAttempts    = 10
	userWindow      = 10 * time.Minute
)

// orgID is the sandbox's organisation.
const orgID = 4711

// Account is who may log in.
type Account struct {
	Username string
	Password secret.Value
	FullName string
}

// account is one with its state.
type account struct {
	Account
	id       string
	folder   int
	accepted bool // the security notice
	renewed  bool // the password, where it had to be
	changed  time.Time
	last     *time.Time
}

// grant is what a token stands for.
type grant struct {
	user    *account
	expires time.Time
}

// gate keeps accounts, tokens and the counters of bad attempts. It is safe
// for concurrent use.
type gate struct {
	now func() time.Time

	mu       sync.Mutex
	accounts []*account
	access   map[string]grant
	refresh  map[string]grant
	pending  map[string]*account // half-way through a login
	bad      map[string][]time.Time
}

func newGate(accounts []Account, now func() time.Time) *gate {
	g := &gate{
		now: now, access: map[string]grant{}, refresh: map[string]grant{},
		pending: map[string]*account{}, bad: map[string][]time.Time{},
	}
	for i, a := range accounts {
		id := []byte("kz7f0p1q2r3s4t5a")
		id[15] += byte(i % 20)
		g.accounts = append(g.accounts, &account{Account: a, id: string(id), folder: 617_000_100 + i, changed: now()})
	}
	return g
}

// check tells whether name and password are right. It counts bad attempts
// and refuses, with the right password too, what is locked.
func (g *gate) check(r *http.Request, username, password string) (*account, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	if g.over("ip "+host, addressAttempts, addressWindow) || g.over("user "+username, userAttempts, userWindow) {
		return nil, false
	}
	for _, a := range g.accounts {
		if a.Username == username && subtle.ConstantTimeCompare([]byte(password), a.Password.Reveal()) == 1 {
			delete(g.bad, "user "+username)
			return a, true
		}
	}
	now := g.now()
	g.bad["ip "+host] = append(g.bad["ip "+host], now)
	g.bad["user "+username] = append(g.bad["user "+username], now)
	return nil, false
}

func (g *gate) over(key string, most int, window time.Duration) bool {
	n, now := 0, g.now()
	for _, t := range g.bad[key] {
		if now.Sub(t) < window {
			n++
		}
	}
	return n >= most
}

// issue makes a pair of tokens.
func (g *gate) issue(a *account, life time.Duration) tokenModel {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	a.last = &now
	t := tokenModel{AccessToken: newToken(), TokenType: "bearer", ExpiresIn: int(life / time.Second), RefreshToken: newToken()}
	g.access[t.AccessToken] = grant{a, now.Add(life)}
	g.refresh[t.RefreshToken] = grant{a, now.Add(2 * life)}
	return t
}

// newToken is opaque and about as long as the vendor's, 278 characters.
func newToken() string {
	var b strings.Builder
	for b.Len() < 278 {
		b.WriteString(rand.Text())
	}
	return b.String()[:278]
}

// hold keeps a login that is half-way, and returns the token to go on with.
func (g *gate) hold(a *account) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	t := newToken()
	g.pending[t] = a
	return t
}

func (g *gate) held(token string) (*account, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	a, ok := g.pending[token]
	return a, ok
}

// release ends what hold began.
func (g *gate) release(token string) {
	g.mu.Lock()
	delete(g.pending, token)
	g.mu.Unlock()
}

// renew takes a refresh token, which is good once.
func (g *gate) renew(token string) (*account, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	gr, ok := g.refresh[token]
	delete(g.refresh, token)
	return gr.user, ok && g.now().Before(gr.expires)
}

// bearer returns who a request comes from.
func (g *gate) bearer(r *http.Request) (*account, bool) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return nil, false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	gr, ok := g.access[token]
	return gr.user, ok && g.now().Before(gr.expires)
}

// revoke ends a token of either kind.
func (g *gate) revoke(token string) (*account, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, all := range []map[string]grant{g.access, g.refresh} {
		if gr, ok := all[token]; ok {
			delete(all, token)
			return gr.user, true
		}
	}
	return nil, false
}

// setPassword changes a password that meets the guide's rules.
func (g *gate) setPassword(a *account, password string) bool {
	if !goodPassword(a.Username, password) {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	a.Password, a.changed, a.renewed = secret.FromString(password), g.now(), true
	return true
}

// state returns a copy of an account as it is now.
func (g *gate) state(a *account) account {
	g.mu.Lock()
	defer g.mu.Unlock()
	return *a
}

// accept notes that the security notice was accepted.
func (g *gate) accept(a *account) {
	g.mu.Lock()
	a.accepted = true
	g.mu.Unlock()
}

// goodPassword is the guide's rule: at least six characters, a letter and a
// digit, and nothing like the user name.
func goodPassword(username, password string) bool {
	letter, digit := false, false
	for _, r := range password {
		letter = letter || unicode.IsLetter(r)
		digit = digit || unicode.IsDigit(r)
	}
	name, _, _ := strings.Cut(strings.ToLower(username), "@")
	return len([]rune(password)) >= 6 && letter && digit && !strings.Contains(strings.ToLower(password), name)
}
