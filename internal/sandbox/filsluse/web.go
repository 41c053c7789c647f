package filsluse

import (
	"bytes"
	"crypto/rand"
	"crypto/subtle"
	"net/http"
	"sync"

	"iplos/internal/htmltree"
	"iplos/internal/sandbox/look"
	"iplos/internal/ui/lang"
)

// visits are the web site's sessions: who is behind a cookie. They end with
// the process.
type visits struct {
	mu  sync.Mutex
	all map[string]*account
}

func newVisits() *visits { return &visits{all: map[string]*account{}} }

const cookieName = "siLockLongTermInstID"

func (s *Server) webRoutes() {
	s.mux.HandleFunc("GET /{$}", s.front)
	s.mux.HandleFunc("GET /human.aspx", s.front)
	s.mux.HandleFunc("POST /human.aspx", s.webLogin)
	s.mux.HandleFunc("GET /file/{id}", s.webFile)
	s.mux.HandleFunc("POST /delete/{id}", s.webDelete)
	s.mux.HandleFunc("POST /logout", s.webLogout)
	s.mux.HandleFunc("GET /stil.css", look.Style(look.Colours{Accent: "#274e13", Edge: "#16300a"}))
	s.mux.HandleFunc("/elsewhere", s.elsewhere)
	s.mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		s.loginPage(w, "")
	})
}

// elsewhere is where the redirect to another host leads: it notes whether a
// client brought its token along.
func (s *Server) elsewhere(w http.ResponseWriter, r *http.Request) {
	s.note(r, "elsewhere", "", "", false, pickText(r.Header.Get("Authorization") != "", "with a token", "without a token"))
	s.loginPage(w, "")
}

type view struct {
	Title, Error, Token string
	Username            string
	Files               []fileLine
}

type fileLine struct {
	ID, Name, Size, At string
	IsNew              bool
}

func (s *Server) loginPage(w http.ResponseWriter, problem string) {
	s.show(w, view{Title: s.p.T("sandbox.filsluse.login"), Error: problem})
}

func (s *Server) show(w http.ResponseWriter, v view) {
	var b bytes.Buffer
	if err := htmltree.Write(&b, s.tree(v)); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'")
	_, _ = w.Write(b.Bytes())
}

// visitor returns the account behind the cookie and the cookie's value, which
// forms repeat: a foreign page cannot know it.
func (s *Server) visitor(r *http.Request) (*account, string) {
	c, err := r.Cookie(cookieName)
	if err != nil {
		return nil, ""
	}
	s.visit.mu.Lock()
	defer s.visit.mu.Unlock()
	return s.visit.all[c.Value], c.Value
}

// formVisitor is visitor for a form, which must carry its token.
func (s *Server) formVisitor(w http.ResponseWriter, r *http.Request) (*account, string) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	a, id := s.visitor(r)
	if a == nil || r.ParseForm() != nil || subtle.ConstantTimeCompare([]byte(r.PostForm.Get("csrf")), []byte(id)) != 1 {
		return nil, ""
	}
	return a, id
}

func (s *Server) front(w http.ResponseWriter, r *http.Request) {
	a, token := s.visitor(r)
	if a == nil {
		s.loginPage(w, "")
		return
	}
	v := view{Title: s.p.T("sandbox.filsluse.files"), Token: token, Username: a.Username}
	for _, f := range s.store.of(a.Username) {
		v.Files = append(v.Files, fileLine{f.ID, f.Name, s.p.Bytes(f.Size), s.p.DateTime(f.At), f.IsNew})
	}
	s.show(w, v)
}

func (s *Server) webLogin(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil {
		s.loginPage(w, s.texts["refused"])
		return
	}
	a, ok := s.gate.check(r, r.PostForm.Get("username"), r.PostForm.Get("password"))
	if !ok || s.on.Has(Locked) {
		s.note(r, "web-login", s.known(r.PostForm.Get("username")), "", false, "refused")
		s.loginPage(w, s.texts["refused"])
		return
	}
	s.note(r, "web-login", a.Username, "", true, "")
	id := rand.Text()
	s.visit.mu.Lock()
	s.visit.all[id] = a
	s.visit.mu.Unlock()
	http.SetCookie(w, &http.Cookie{
		Name: cookieName, Value: id, Path: "/", HttpOnly: true, Secure: true, SameSite: http.SameSiteStrictMode,
	})
	http.Redirect(w, r, "/human.aspx", http.StatusSeeOther)
}

func (s *Server) webFile(w http.ResponseWriter, r *http.Request) {
	a, _ := s.visitor(r)
	if a == nil {
		s.loginPage(w, s.texts["refused"])
		return
	}
	f, ok := s.mine(w, r, a)
	if !ok {
		return
	}
	s.note(r, "web-download", a.Username, f.ID, true, "")
	if err := s.store.change(f.ID, func(f *file) { f.Downloads++; f.IsNew = false }); err != nil {
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Disposition", `attachment; filename="iplos-tilbakemelding.zip"`)
	s.sendFile(w, r, f)
}

func (s *Server) webDelete(w http.ResponseWriter, r *http.Request) {
	a, _ := s.formVisitor(w, r)
	if a == nil {
		s.loginPage(w, s.texts["refused"])
		return
	}
	if f, ok := s.mine(w, r, a); ok {
		err := s.store.remove(f.ID)
		s.note(r, "web-delete", a.Username, f.ID, err == nil, "")
		http.Redirect(w, r, "/human.aspx", http.StatusSeeOther)
	}
}

func (s *Server) webLogout(w http.ResponseWriter, r *http.Request) {
	if a, id := s.formVisitor(w, r); a != nil {
		s.visit.mu.Lock()
		delete(s.visit.all, id)
		s.visit.mu.Unlock()
		s.note(r, "web-logout", a.Username, "", true, "")
	}
	s.loginPage(w, "")
}

// texts are the fixed texts of the pages, by their name in the tree.
func texts(p *lang.Printer) map[string]string {
	return map[string]string{
		"site":     p.T("sandbox.filsluse.site"),
		"sub":      p.T("sandbox.filsluse.sub"),
		"skip":     p.T("sandbox.web.skip"),
		"practice": p.T("sandbox.web.practice"),
		"username": p.T("sandbox.filsluse.username"),
		"password": p.T("sandbox.filsluse.password"),
		"login":    p.T("sandbox.web.login.button"),
		"loggedIn": p.T("sandbox.web.loggedin"),
		"logout":   p.T("sandbox.web.logout"),
		"refused":  p.T("sandbox.filsluse.refused"),
		"file":     p.T("sandbox.web.file"),
		"size":     p.T("sandbox.filsluse.size"),
		"at":       p.T("sandbox.web.receivedat"),
		"new":      p.T("sandbox.filsluse.new"),
		"delete":   p.T("sandbox.filsluse.delete"),
		"action":   p.T("sandbox.filsluse.action"),
		"none":     p.T("sandbox.filsluse.none"),
		"footer":   p.T("sandbox.web.footer"),
	}
}
