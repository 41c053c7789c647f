package sendemodul

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"

	"iplos/internal/htmltree"
)

// view is what a page shows.
type view struct {
	Title, Error  string
	Who           string
	Logout        logout
	Lines         []string
	Reference, At string
	Form          *form
	Links         []link
	ShowFiles     bool
	FilesTitle    string
	Files         []fileLine
}

type link struct{ Href, Text string }

type fileLine struct{ Name, Bytes, At, Reference string }

type form struct {
	ID, Action, Legend string
	Hidden             []hidden
	Fields             []field
	Files              bool
	Button             button
}

// logout is a form when its button has a name, otherwise a link.
type logout struct {
	Action, Button string
	Hidden         []hidden
}

type button struct{ Name, Value string }

type field struct {
	Label, Name, ID, Type, Style, Value, Help string
	Max                                       int
	Numeric, Multiple                         bool
}

func (s *Server) show(w http.ResponseWriter, code int, v view) {
	var b bytes.Buffer
	if err := htmltree.Write(&b, s.tree(v)); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(code)
	_, _ = w.Write(b.Bytes())
}

// hiddenFields are those a form of this page set carries.
func (s *Server) hiddenFields(ses *session) []hidden {
	var out []hidden
	if s.v.token != "" {
		out = append(out, hidden{s.v.token, "", ses.token})
	}
	out = append(out, s.v.extra...)
	if s.v.viewState != "" {
		out = append(out, hidden{s.v.viewState, s.v.viewState, ses.viewState})
	}
	return out
}

func (s *Server) loginPage(w http.ResponseWriter, r *http.Request, problem string) {
	if s.faults.Has(Closed) {
		s.show(w, http.StatusOK, view{Title: s.p.T("sandbox.web.closed.title"), Lines: []string{s.p.T("sandbox.web.closed.text")}})
		return
	}
	ses := s.sessions.find(r, s.v.cookie)
	if ses == nil || ses.account != nil {
		ses = s.sessions.start(w, s.v.cookie, nil)
	}
	f := &form{
		ID: "innlogging", Action: s.action(s.v.loginPath, ses), Legend: s.p.T("sandbox.web.login.legend"),
		Hidden: s.hiddenFields(ses), Fields: s.loginFields(r),
		Button: button{s.v.loginButton, s.p.T("sandbox.web.login.button")},
	}
	s.show(w, http.StatusOK, view{
		Title: s.p.T("sandbox.web.login.title"), Error: problem, Form: f,
		Lines: []string{s.p.T("sandbox.web.login.text")},
	})
}

// action adds the session to the address where the page set does so.
func (s *Server) action(path string, ses *session) string {
	if s.v.cookie == "JSESSIONID" {
		return Base + path + ";jsessionid=" + ses.id
	}
	return Base + path
}

func (s *Server) loginFields(r *http.Request) []field {
	help := [4]string{"", s.p.T("sandbox.web.help.district"), "", s.p.T("sandbox.web.help.pin")}
	most := [4]int{4, 2, 11, 40}
	var out []field
	for i, label := range labels(s.p) {
		f := field{
			Label: label, Name: s.v.fields[i], ID: s.v.ids[i], Type: "text", Style: s.v.style,
			Max: most[i], Numeric: i < 3, Help: help[i],
		}
		switch {
		case i == 3:
			f.Type = "password"
		case r.Method == http.MethodPost:
			f.Value = r.PostForm.Get(f.Name)
		case i == 1:
			f.Value = "00"
		}
		out = append(out, f)
	}
	return out
}

// insideView is the frame of a page for those logged in.
func (s *Server) insideView(ses *session, title string) view {
	out := logout{Action: Base + "loggut"}
	if s.v.logoutButton != "" {
		out.Hidden, out.Button = s.hiddenFields(ses), s.v.logoutButton
	}
	return view{Title: title, Who: ses.account.name(), Logout: out}
}

func (s *Server) menu(w http.ResponseWriter, _ *http.Request, ses *session) {
	v := s.insideView(ses, s.p.T("sandbox.web.menu.title"))
	v.Links = []link{
		{Base + s.v.uploadPath, s.p.T("sandbox.web.menu.send")},
		{Base + "mottatt", s.p.T("sandbox.web.menu.received")},
	}
	s.show(w, http.StatusOK, v)
}

func (s *Server) received(w http.ResponseWriter, _ *http.Request, ses *session) {
	v := s.insideView(ses, s.p.T("sandbox.web.received.title"))
	s.addFiles(&v, ses, s.p.T("sandbox.web.received.list"))
	v.Links = []link{{Base + s.v.uploadPath, s.p.T("sandbox.web.menu.send")}}
	s.show(w, http.StatusOK, v)
}

func (s *Server) uploadForm(w http.ResponseWriter, _ *http.Request, ses *session) {
	s.uploadPage(w, http.StatusOK, ses, "")
}

func (s *Server) uploadPage(w http.ResponseWriter, code int, ses *session, problem string) {
	v := s.insideView(ses, s.p.T("sandbox.web.upload.title"))
	v.Error = problem
	v.Lines = []string{s.p.T("sandbox.web.upload.text")}
	style := s.v.style
	if style == "placeholder" { // a file field shows none
		style = "aria"
	}
	v.Form = &form{
		ID: "opplasting", Action: s.action(s.v.uploadPath, ses), Legend: s.p.T("sandbox.web.upload.legend"),
		Hidden: s.hiddenFields(ses), Files: true,
		Fields: []field{{
			Label: s.p.T("sandbox.web.upload.label"), Name: s.v.file, ID: "fil", Type: "file", Style: style, Multiple: s.v.multiple,
		}},
		Button: button{s.v.uploadButton, s.p.T("sandbox.web.upload.button")},
	}
	s.addFiles(&v, ses, s.p.T("sandbox.web.received.list"))
	s.show(w, code, v)
}

// addFiles lists what the account has delivered, newest first.
func (s *Server) addFiles(v *view, ses *session, title string) {
	v.ShowFiles, v.FilesTitle = true, title
	for _, d := range slices.Backward(s.store.of(ses.account.name())) {
		for _, f := range d.Files {
			v.Files = append(v.Files, fileLine{f.Name, s.p.Number(f.Bytes), s.p.DateTime(d.At), d.Reference})
		}
	}
}

func (s *Server) confirmation(w http.ResponseWriter, r *http.Request, ses *session) {
	for _, d := range s.store.of(ses.account.name()) {
		if d.Reference == r.URL.Query().Get("ref") {
			s.confirm(w, ses, d)
			return
		}
	}
	s.uploadPage(w, http.StatusOK, ses, "")
}

// confirm shows that a delivery has come, and all that came before it.
func (s *Server) confirm(w http.ResponseWriter, ses *session, d Delivery) {
	v := s.insideView(ses, s.p.T("sandbox.web.done.title"))
	for _, f := range d.Files {
		v.Lines = append(v.Lines, s.p.T("sandbox.web.done.file", "name", f.Name, "bytes", f.Bytes))
	}
	v.Lines = append(v.Lines, s.p.T("sandbox.web.done.text"))
	v.Reference, v.At = d.Reference, s.p.DateTime(d.At)
	s.addFiles(&v, ses, s.p.T("sandbox.web.received.list"))
	v.Links = []link{{Base + s.v.uploadPath, s.p.T("sandbox.web.done.more")}}
	s.show(w, http.StatusOK, v)
}
