package sendemodul

import (
	"crypto/subtle"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"iplos/internal/sandbox/look"
	"iplos/internal/sandbox/scenario"
	"iplos/internal/sandbox/trail"
	"iplos/internal/secret"
	"iplos/internal/ui/lang"
)

// Base is the path of the site, as in the guide's address.
const Base = "/Sendemodul/"

// maxForm bounds what a form without a file may hold.
const maxForm = 64 << 10

// Account is who may log in: all four must be right.
type Account struct {
	Municipality, District, OrganisationNumber string
	PIN                                        secret.Value
}

// Options say how the site is set up.
type Options struct {
	// Dir is where deliveries are kept, one folder each.
	Dir      string
	Accounts []Account
	// Variant is the page set, of [Variants]; default the plain one.
	Variant string
	// Scenarios are what goes wrong, of [Scenarios].
	Scenarios []scenario.Use
	// MaxBytes is the greatest upload; default 8 GiB.
	MaxBytes int64
	// Session is how long a visitor may rest; default 20 minutes.
	Session time.Duration
	Now     func() time.Time
	Trail   *trail.Trail
	// Delivered is called after a delivery is stored, before the answer.
	Delivered func(Delivery)
}

// Server is the site, an http.Handler.
type Server struct {
	opts     Options
	v        variant
	p        *lang.Printer
	texts    map[string]string
	mux      *http.ServeMux
	sessions *sessions
	faults   *scenario.Set
	store    *store
	done     chan struct{}
}

// New returns a site that goes on with the deliveries kept in its folder.
func New(opts Options) (*Server, error) {
	v, ok := findVariant(opts.Variant)
	if !ok {
		return nil, fmt.Errorf("no page set %q", opts.Variant)
	}
	if opts.MaxBytes == 0 {
		opts.MaxBytes = 8 << 30
	}
	if opts.Session == 0 {
		opts.Session = 20 * time.Minute
	}
	if opts.Delivered == nil {
		opts.Delivered = func(Delivery) {}
	}
	st, err := openStore(opts.Dir, opts.Now)
	if err != nil {
		return nil, err
	}
	s := &Server{
		opts: opts, v: v, p: lang.New(v.lang), store: st,
		sessions: &sessions{now: opts.Now, lifetime: opts.Session, all: map[string]*session{}},
		faults:   scenario.NewSet(opts.Scenarios), done: make(chan struct{}),
	}
	s.texts = texts(s.p)
	s.routes()
	return s, nil
}

// Close lets go of requests that are kept waiting. It is called once.
func (s *Server) Close() { close(s.done) }

// Deliveries returns everything received, oldest first.
func (s *Server) Deliveries() []Delivery { return s.store.all() }

func (s *Server) routes() {
	s.mux = http.NewServeMux()
	s.mux.HandleFunc("GET "+Base+"{$}", s.front)
	s.mux.HandleFunc("GET "+Base+"stil.css", look.Style(look.Colours{Accent: "#17406b", Edge: "#0d2a47"}))
	s.mux.HandleFunc("GET "+Base+s.v.loginPath, s.front)
	s.mux.HandleFunc("POST "+Base+s.v.loginPath, s.login)
	s.mux.HandleFunc("GET "+Base+"meny", s.inside(s.menu))
	s.mux.HandleFunc("GET "+Base+"mottatt", s.inside(s.received))
	s.mux.HandleFunc("GET "+Base+"kvittering", s.inside(s.confirmation))
	s.mux.HandleFunc("GET "+Base+s.v.uploadPath, s.inside(s.uploadForm))
	s.mux.HandleFunc("POST "+Base+s.v.uploadPath, s.upload)
	s.mux.HandleFunc(Base+"loggut", s.inside(s.logout))
	s.mux.Handle("GET /{$}", http.RedirectHandler(Base, http.StatusFound))
	s.mux.Handle("GET "+strings.TrimSuffix(Base, "/"), http.RedirectHandler(Base, http.StatusFound))
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'")
	h.Set("Cache-Control", "no-store")
	// Servlet containers write the session into the address as well.
	r.URL.Path, _, _ = strings.Cut(r.URL.Path, ";")
	s.mux.ServeHTTP(w, r)
}

func (s *Server) front(w http.ResponseWriter, r *http.Request) {
	if ses := s.sessions.find(r, s.v.cookie); ses != nil && ses.account != nil {
		s.redirect(w, r, s.home())
		return
	}
	s.loginPage(w, r, "")
}

// home is where one comes after login.
func (s *Server) home() string {
	if s.v.menu {
		return "meny"
	}
	return s.v.uploadPath
}

func (s *Server) redirect(w http.ResponseWriter, r *http.Request, path string) {
	http.Redirect(w, r, Base+path, http.StatusSeeOther)
}

func (s *Server) login(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if f, ok := s.faults.Take(LoginStatus); ok {
		s.status(w, int(f.N))
		return
	}
	ses := s.sessions.find(r, s.v.cookie)
	if err := r.ParseForm(); err != nil || ses == nil || !s.tokenRight(ses, r.PostForm.Get) {
		s.note(r, "login", "", "", false, "token or cookie missing")
		s.loginPage(w, r, s.p.T("sandbox.web.expired"))
		return
	}
	account := s.authenticate(r.PostForm.Get)
	if account == nil {
		s.note(r, "login", s.who(r.PostForm.Get), "", false, "refused")
		s.loginPage(w, r, s.p.T("sandbox.web.refused"))
		return
	}
	s.sessions.end(ses.id)
	s.sessions.start(w, s.v.cookie, account)
	s.note(r, "login", account.name(), "", true, "")
	s.redirect(w, r, s.home())
}

func (s *Server) authenticate(get func(string) string) *Account {
	if s.faults.Has(PINRefused) || s.faults.Has(Closed) {
		return nil
	}
	for i := range s.opts.Accounts {
		a := &s.opts.Accounts[i]
		same := equal(get(s.v.fields[0]), []byte(a.Municipality)) &
			equal(get(s.v.fields[1]), []byte(a.District)) &
			equal(strings.ReplaceAll(get(s.v.fields[2]), " ", ""), []byte(a.OrganisationNumber)) &
			equal(get(s.v.fields[3]), a.PIN.Reveal())
		if same == 1 {
			return a
		}
	}
	return nil
}

func equal(got string, want []byte) int { return subtle.ConstantTimeCompare([]byte(got), want) }

// tokenRight checks the hidden fields that must come back as they were sent.
func (s *Server) tokenRight(ses *session, get func(string) string) bool {
	return (s.v.token == "" || equal(get(s.v.token), []byte(ses.token)) == 1) &&
		(s.v.viewState == "" || equal(get(s.v.viewState), []byte(ses.viewState)) == 1)
}

// who names the account a refused login was for, when it is one of ours: what
// is typed into the wrong field must not end up in the trail.
func (s *Server) who(get func(string) string) string {
	for i := range s.opts.Accounts {
		if a := &s.opts.Accounts[i]; get(s.v.fields[0]) == a.Municipality && get(s.v.fields[1]) == a.District {
			return a.name()
		}
	}
	return ""
}

func (a *Account) name() string { return a.Municipality + "-" + a.District }

func (s *Server) note(r *http.Request, event, who, object string, ok bool, detail string) {
	s.opts.Trail.Add(trail.Entry{
		Service: "sendemodul", Who: who, From: r.RemoteAddr, Event: event, Object: object, OK: ok, Detail: detail,
	})
}

// inside wraps a page for those logged in; others come to the login page.
func (s *Server) inside(page func(http.ResponseWriter, *http.Request, *session)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ses := s.sessions.find(r, s.v.cookie)
		if ses == nil || ses.account == nil {
			s.loginPage(w, r, s.p.T("sandbox.web.expired"))
			return
		}
		page(w, r, ses)
	}
}

func (s *Server) logout(w http.ResponseWriter, r *http.Request, ses *session) {
	s.sessions.end(ses.id)
	s.note(r, "logout", ses.account.name(), "", true, "")
	s.show(w, http.StatusOK, view{Title: s.p.T("sandbox.web.loggedout"), Links: []link{{Base, s.p.T("sandbox.web.again")}}})
}

// status answers with a bare error page, as a server or a firewall in front
// of it does.
func (s *Server) status(w http.ResponseWriter, code int) {
	if code == http.StatusTooManyRequests || code == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "120")
	}
	text := strconv.Itoa(code) + " " + http.StatusText(code)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	fmt.Fprintf(w, "<html><head><title>%s</title></head><body><center><h1>%s</h1></center><hr></body></html>\n", text, text)
}
