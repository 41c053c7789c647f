package filsluse

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"iplos/internal/sandbox/scenario"
	"iplos/internal/sandbox/trail"
	"iplos/internal/secret"
	"iplos/internal/ui/lang"
)

// defaultLife is the vendor's default idle session.
const defaultLife = 20 * time.Minute

// Options say how the service is set up.
type Options struct {
	// Dir is where files are kept.
	Dir      string
	Accounts []Account
	// Scenarios are what is otherwise than usual, of [Scenarios].
	Scenarios []scenario.Use
	Now       func() time.Time
	Trail     *trail.Trail
	// PasswordChanged is told of a password chosen by the user.
	PasswordChanged func(username string, password secret.Value)
}

// Server is the service, an http.Handler.
type Server struct {
	opts  Options
	on    *scenario.Set
	gate  *gate
	store *store
	mux   *http.ServeMux
	p     *lang.Printer
	texts map[string]string
	visit *visits
	done  chan struct{}
}

// New returns a service that goes on with the files kept in its folder.
func New(opts Options) (*Server, error) {
	st, err := openStore(opts.Dir)
	if err != nil {
		return nil, err
	}
	if opts.PasswordChanged == nil {
		opts.PasswordChanged = func(string, secret.Value) {}
	}
	p := lang.New(lang.Bokmal)
	s := &Server{
		opts: opts, on: scenario.NewSet(opts.Scenarios), gate: newGate(opts.Accounts, opts.Now), store: st,
		p: p, texts: texts(p), visit: newVisits(), done: make(chan struct{}),
	}
	s.routes()
	return s, s.fill()
}

// Close lets go of requests that are kept waiting. It is called once.
func (s *Server) Close() { close(s.done) }

// Put makes a file wait for an account and returns its id.
func (s *Server) Put(username, name string, r io.Reader) (string, error) {
	f, err := s.store.put(username, name, r, s.opts.Now(), s.formatID)
	if err != nil {
		return "", err
	}
	s.opts.Trail.Add(trail.Entry{Service: "filsluse", Who: "ssb", Event: "put", Object: f.ID, OK: true, Detail: username})
	return f.ID, nil
}

// Names returns the names of the files that wait for an account.
func (s *Server) Names(username string) []string {
	var names []string
	for _, f := range s.store.of(username) {
		names = append(names, f.Name)
	}
	return names
}

func (s *Server) formatID(n int64) string {
	switch {
	case s.on.Has(LongIDs):
		return strconv.FormatInt(100*n+1, 10)
	case s.on.Has(ZeroIDs):
		return fmt.Sprintf("00%d", n)
	default:
		return strconv.FormatInt(n, 10)
	}
}

func (s *Server) routes() {
	s.mux = http.NewServeMux()
	const api = "/api/v1"
	s.mux.HandleFunc("POST "+api+"/token", s.token)
	s.mux.HandleFunc("GET "+api+"/token", s.tokenHint)
	s.mux.HandleFunc("POST "+api+"/token/otp", s.sendOTP)
	s.mux.HandleFunc("POST "+api+"/token/revoke", s.revoke)
	s.mux.HandleFunc("GET "+api+"/info", s.info)
	s.mux.HandleFunc("GET "+api+"/users/self", s.inside(s.self))
	s.mux.HandleFunc("GET "+api+"/folders/{id}", s.inside(s.folder))
	s.mux.HandleFunc("GET "+api+"/folders/{id}/files", s.inside(s.folderFiles))
	s.mux.HandleFunc("GET "+api+"/folders/{id}/files/{file}/download", s.inside(s.folderDownload))
	s.mux.HandleFunc("GET "+api+"/files", s.inside(s.files))
	s.mux.HandleFunc("GET "+api+"/files/{id}", s.inside(s.details))
	s.mux.HandleFunc("GET "+api+"/files/{id}/download", s.inside(s.download))
	s.mux.HandleFunc("PATCH "+api+"/files/{id}", s.inside(s.patch))
	s.mux.HandleFunc("DELETE "+api+"/files/{id}", s.inside(s.remove))
	s.mux.HandleFunc("/api/", s.noSuch)
	s.webRoutes()
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	if s.on.Has(Unavailable) {
		h.Set("Content-Type", "text/html; charset=us-ascii")
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprint(w, "<HTML><HEAD><TITLE>Service Unavailable</TITLE></HEAD><BODY><h2>Service Unavailable</h2></BODY></HTML>")
		return
	}
	if s.on.Has(APIOff) && strings.HasPrefix(r.URL.Path, "/api/") {
		s.note(r, "api-off", "", r.URL.Path, false, "")
		s.loginPage(w, "")
		return
	}
	s.mux.ServeHTTP(w, r)
}

func (s *Server) note(r *http.Request, event, who, object string, ok bool, detail string) {
	s.opts.Trail.Add(trail.Entry{
		Service: "filsluse", Who: who, From: r.RemoteAddr, Event: event, Object: object, OK: ok, Detail: detail,
	})
}

// inside wraps an operation for those with a token. The vendor's document
// declares no 401, but clients meet this one.
func (s *Server) inside(op func(http.ResponseWriter, *http.Request, *account)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a, ok := s.gate.bearer(r)
		if !ok || s.on.Has(DeadToken) {
			s.note(r, "unauthorized", "", r.URL.Path, false, "")
			reply(w, http.StatusUnauthorized, message{"Authorization has been denied for this request."})
			return
		}
		if s.on.Has(NotPermitted) {
			s.note(r, "forbidden", a.Username, r.URL.Path, false, "")
			fail(w, http.StatusForbidden, "Access denied", "User is not permitted to use this interface.", 2050)
			return
		}
		op(w, r, a)
	}
}

func reply(w http.ResponseWriter, code int, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	w.WriteHeader(code)
	_, _ = w.Write(data)
}

func fail(w http.ResponseWriter, status int, title, detail string, code int) {
	reply(w, status, errorModel{Title: title, Detail: detail, Code: code})
}

func (s *Server) noSuch(w http.ResponseWriter, r *http.Request) {
	s.note(r, "unknown", "", r.URL.Path, false, r.Method)
	reply(w, http.StatusNotFound, message{"No HTTP resource was found that matches the request URI."})
}

// stamp writes a time as MOVEit does: local to the server, without a zone.
func (s *Server) stamp(t time.Time) *string {
	if s.on.Has(NullStamps) {
		return nil
	}
	text := t.Format("2006-01-02T15:04:05")
	return &text
}
