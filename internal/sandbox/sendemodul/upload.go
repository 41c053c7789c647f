package sendemodul

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"path"
	"strings"
)

// refusal is an upload that the page refuses, with the text to show.
type refusal struct {
	code int
	text string
}

func (r *refusal) Error() string { return r.text }

func (s *Server) upload(w http.ResponseWriter, r *http.Request) {
	ses := s.sessions.find(r, s.v.cookie)
	if s.faults.Has(SessionExpires) && ses != nil {
		s.sessions.end(ses.id)
		ses = nil
	}
	if ses == nil || ses.account == nil {
		s.note(r, "upload", "", "", false, "no session")
		s.loginPage(w, r, s.p.T("sandbox.web.expired"))
		return
	}
	if s.refuse(w, r, ses) {
		return
	}
	if f, ok := s.faults.Take(UploadCut); ok {
		r.Body = &cutReader{r.Body, f.N}
	}
	d, err := s.receive(w, r, ses)
	if err != nil {
		s.uploadFailed(w, r, ses, err)
		return
	}
	s.note(r, "upload", ses.account.name(), d.Reference, true, fmt.Sprintf("%d file(s)", len(d.Files)))
	s.opts.Delivered(d)
	s.answer(w, r, ses, d)
}

// refuse answers without storing anything, where a scenario says so.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, ses *session) bool {
	if f, ok := s.faults.Take(UploadStatus); ok {
		s.note(r, "upload", ses.account.name(), "", false, http.StatusText(int(f.N)))
		s.status(w, int(f.N))
		return true
	}
	if f, ok := s.faults.Take(UploadLate); ok {
		n, _ := io.Copy(io.Discard, http.MaxBytesReader(w, r.Body, s.opts.MaxBytes)) // a sender that went away
		s.note(r, "upload", ses.account.name(), "", false, fmt.Sprintf("%s after %d bytes", http.StatusText(int(f.N)), n))
		s.status(w, int(f.N))
		return true
	}
	if s.faults.Has(UploadRedirect) {
		s.note(r, "upload", ses.account.name(), "", false, "redirected")
		http.Redirect(w, r, "https://localhost.invalid/portal", http.StatusTemporaryRedirect)
		return true
	}
	return false
}

func (s *Server) uploadFailed(w http.ResponseWriter, r *http.Request, ses *session, err error) {
	s.note(r, "upload", ses.account.name(), "", false, err.Error())
	if errors.Is(err, errCut) {
		panic(http.ErrAbortHandler)
	}
	if refused, ok := errors.AsType[*refusal](err); ok {
		s.uploadPage(w, refused.code, ses, refused.text)
		return
	}
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		s.uploadPage(w, http.StatusRequestEntityTooLarge, ses, s.p.T("sandbox.web.toolarge", "max", s.p.Bytes(s.opts.MaxBytes)))
		return
	}
	s.status(w, http.StatusBadRequest)
}

// receive streams the files of the form to disk and checks the rest of it.
func (s *Server) receive(w http.ResponseWriter, r *http.Request, ses *session) (Delivery, error) {
	r.Body = http.MaxBytesReader(w, r.Body, s.opts.MaxBytes)
	parts, err := r.MultipartReader()
	if err != nil {
		return Delivery{}, fmt.Errorf("reading the form: %w", err)
	}
	in, err := s.store.begin()
	if err != nil {
		return Delivery{}, err
	}
	defer in.abort()
	values, err := s.readParts(parts, in)
	if err != nil {
		return Delivery{}, err
	}
	if !s.tokenRight(ses, func(name string) string { return values[name] }) {
		return Delivery{}, &refusal{http.StatusForbidden, s.p.T("sandbox.web.token")}
	}
	if err := s.checkFiles(in.files); err != nil {
		return Delivery{}, err
	}
	return s.store.commit(in, ses.account.name())
}

func (s *Server) readParts(parts *multipart.Reader, in *incoming) (map[string]string, error) {
	values := map[string]string{}
	room := int64(maxForm)
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF { //nolint:errorlint // a form cut short gives a wrapped EOF

			return values, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading the form: %w", err)
		}
		name := part.FileName()
		if part.FormName() == s.v.file && name != "" {
			if err := in.add(showName(name), part); err != nil {
				return nil, fmt.Errorf("storing a file: %w", err)
			}
			continue
		}
		value, err := io.ReadAll(io.LimitReader(part, room+1))
		if room -= int64(len(value)); err != nil || room < 0 {
			return nil, errors.Join(err, errors.New("reading the form: too much in it"))
		}
		values[part.FormName()] = string(value)
	}
}

// showName is the name without folders: old browsers send the whole path.
func showName(name string) string { return path.Base(strings.ReplaceAll(name, `\`, "/")) }

func (s *Server) checkFiles(files []File) error {
	if len(files) == 0 {
		return &refusal{http.StatusOK, s.p.T("sandbox.web.nofile")}
	}
	if len(files) > 1 && !s.v.multiple {
		return &refusal{http.StatusOK, s.p.T("sandbox.web.onefile")}
	}
	limit, limited := s.faults.Take(TooLarge)
	for _, f := range files {
		if f.Bytes == 0 {
			return &refusal{http.StatusOK, s.p.T("sandbox.web.emptyfile", "name", f.Name)}
		}
		if limited && f.Bytes > limit.N {
			return &refusal{http.StatusOK, s.p.T("sandbox.web.toolarge", "max", s.p.Bytes(limit.N))}
		}
	}
	return nil
}

// answer tells the sender, unless a fault comes between.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, ses *session, d Delivery) {
	switch {
	case s.faults.Has(ErrorAfterStore):
		s.status(w, http.StatusInternalServerError)
		return
	case s.faults.Has(Silent):
		select {
		case <-s.done:
		case <-r.Context().Done():
		}
		panic(http.ErrAbortHandler)
	case s.faults.Has(Vague):
		s.show(w, http.StatusOK, s.insideView(ses, s.p.T("sandbox.web.vague")))
		return
	}
	if f, ok := s.faults.Take(AnswerCut); ok {
		w = &cutWriter{w, f.N}
	}
	if s.v.redirect {
		s.redirect(w, r, "kvittering?ref="+d.Reference)
		return
	}
	s.confirm(w, ses, d)
}
