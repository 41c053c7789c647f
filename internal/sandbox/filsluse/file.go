package filsluse

import (
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// mine finds the file in the path; a file of another account and one that is
// not there look the same.
func (s *Server) mine(w http.ResponseWriter, r *http.Request, a *account) (file, bool) {
	f, ok := s.store.find(a.Username, r.PathValue("id"))
	if !ok {
		s.note(r, "not-found", a.Username, r.PathValue("id"), false, r.Method)
		fail(w, http.StatusNotFound, "File not found", "File not found.", 2410)
	}
	return f, ok
}

func (s *Server) details(w http.ResponseWriter, r *http.Request, a *account) {
	if f, ok := s.mine(w, r, a); ok {
		s.note(r, "details", a.Username, f.ID, true, "")
		reply(w, http.StatusOK, s.detailsOf(a, f))
	}
}

func (s *Server) detailsOf(a *account, f file) fileDetails {
	d := fileDetails{
		fileModel: s.model(a, f), OrgID: strconv.Itoa(orgID), OriginalFilename: f.Name, OriginalType: "Any", CurrentType: "Any",
		IP: "127.0.0.1", AgentBrand: "iplos sandbox", AgentVersion: "1", Integrity: 1,
		UploaderName: "SSB IPLOS (øvelse)", Downloads: f.Downloads, Hash: s.hash(f),
	}
	if s.on.Has(DLP) {
		d.DLPChecked, d.DLPBlocked, d.DLPViolation = true, true, "Blocked by policy"
	}
	return d
}

func (s *Server) hash(f file) string {
	switch {
	case s.on.Has(NoHash):
		return ""
	case s.on.Has(HashUpper):
		return strings.ToUpper(f.SHA1)
	case s.on.Has(HashBase64):
		return digestOf(f)
	default:
		return f.SHA1
	}
}

func digestOf(f file) string {
	sum, _ := hex.DecodeString(f.SHA1) // our own
	return base64.StdEncoding.EncodeToString(sum)
}

func (s *Server) folderDownload(w http.ResponseWriter, r *http.Request, a *account) {
	if !s.myFolder(w, r, a) {
		return
	}
	if _, ok := s.store.find(a.Username, r.PathValue("file")); !ok {
		reply(w, http.StatusUnprocessableEntity, errorModel{
			Title: "Invalid request", Detail: "File is not in the folder.", Code: 2411,
			Errors: []fieldError{{"fileId", r.PathValue("file"), "No such file."}},
		})
		return
	}
	w.Header().Set("Location", "/api/v1/files/"+r.PathValue("file")+"/download")
	w.WriteHeader(http.StatusFound)
}

func (s *Server) download(w http.ResponseWriter, r *http.Request, a *account) {
	f, ok := s.mine(w, r, a)
	if !ok || s.redirected(w, r, a, f) {
		return
	}
	switch {
	case s.on.Has(DLP):
		s.note(r, "download", a.Username, f.ID, false, "dlp")
		fail(w, http.StatusForbidden, "Access denied", "File is blocked by a content policy.", 2455)
		return
	case s.on.Has(DownloadHTML):
		s.note(r, "download", a.Username, f.ID, false, "html")
		s.loginPage(w, "")
		return
	}
	s.note(r, "download", a.Username, f.ID, true, "")
	if err := s.store.change(f.ID, func(f *file) { f.Downloads++ }); err != nil {
		fail(w, http.StatusInternalServerError, "Error", "Internal error.", 1)
		return
	}
	s.sendFile(w, r, f)
}

// redirected sends the client elsewhere; direct=1 marks our own redirect.
func (s *Server) redirected(w http.ResponseWriter, r *http.Request, a *account, f file) bool {
	if r.URL.Query().Get("direct") == "1" {
		return false
	}
	to := ""
	_, port, _ := strings.Cut(r.Host, ":")
	switch {
	case s.on.Has(RedirectSame):
		to = r.URL.Path + "?direct=1"
	case s.on.Has(RedirectHost):
		// The same machine by another name, so that a client that follows is
		// seen in the trail.
		host := pickText(strings.HasPrefix(r.Host, "localhost"), "127.0.0.1", "localhost")
		to = "https://" + host + ":" + port + "/elsewhere"
	case s.on.Has(RedirectPlain):
		to = "http://" + r.Host + r.URL.Path + "?direct=1"
	default:
		return false
	}
	s.note(r, "download", a.Username, f.ID, false, "redirected")
	w.Header().Set("Location", to)
	w.WriteHeader(http.StatusFound)
	return true
}

func (s *Server) sendFile(w http.ResponseWriter, r *http.Request, f file) {
	in, err := s.store.open(f)
	if err != nil {
		fail(w, http.StatusInternalServerError, "Error", "Internal error.", 1)
		return
	}
	defer func() { _ = in.Close() }() // read only
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Content-Length", strconv.FormatInt(f.Size, 10))
	switch {
	case s.on.Has(Digest):
		h.Set("Digest", "SHA="+digestOf(f))
	case s.on.Has(DigestWrong):
		h.Set("Digest", "SHA=AAAAAAAAAAAAAAAAAAAAAAAAAAA=")
	}
	var body io.Reader = in
	if s.on.Has(WrongBytes) {
		body = &flipper{r: in}
	}
	switch {
	case s.on.Has(Gzip):
		h.Del("Content-Length")
		h.Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.Copy(z, body) // a client that went away
		_ = z.Close()
		return
	case s.on.Has(Chunked):
		h.Del("Content-Length")
		_ = http.NewResponseController(w).Flush() // else a short body gets a length
	}
	if u, ok := s.on.Take(DownloadCut); ok {
		_, _ = io.CopyN(w, body, u.N)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	if u, ok := s.on.Take(Stall); ok {
		_, _ = io.CopyN(w, body, u.N)
		_ = http.NewResponseController(w).Flush()
		s.wait(r)
	}
	_, _ = io.Copy(w, body) // a client that went away
}

// wait holds a request until its client or the sandbox goes.
func (s *Server) wait(r *http.Request) {
	select {
	case <-s.done:
	case <-r.Context().Done():
	}
	panic(http.ErrAbortHandler)
}

// flipper changes one bit of the first byte.
type flipper struct {
	r    io.Reader
	done bool
}

func (f *flipper) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	if n > 0 && !f.done {
		p[0] ^= 1
		f.done = true
	}
	return n, err
}

func (s *Server) patch(w http.ResponseWriter, r *http.Request, a *account) {
	f, ok := s.mine(w, r, a)
	if !ok {
		return
	}
	var change struct {
		Name  *string `json:"name"`
		IsNew *bool   `json:"isNew"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 64<<10)).Decode(&change); err != nil {
		reply(w, http.StatusUnprocessableEntity, errorModel{Title: "Invalid request", Detail: "Body is not valid.", Code: 5002})
		return
	}
	if change.Name != nil {
		s.note(r, "rename", a.Username, f.ID, false, "")
		fail(w, http.StatusForbidden, "Access denied", "Permission denied.", 2310)
		return
	}
	err := s.store.change(f.ID, func(f *file) {
		if change.IsNew != nil {
			f.IsNew = *change.IsNew
		}
	})
	if err != nil {
		fail(w, http.StatusInternalServerError, "Error", "Internal error.", 1)
		return
	}
	s.note(r, "mark", a.Username, f.ID, true, "")
	f, _ = s.store.find(a.Username, f.ID)
	reply(w, http.StatusOK, s.detailsOf(a, f))
}

func (s *Server) remove(w http.ResponseWriter, r *http.Request, a *account) {
	f, ok := s.mine(w, r, a)
	if !ok || s.undeletable(w, r, a, f) {
		return
	}
	if err := s.store.remove(f.ID); err != nil {
		fail(w, http.StatusInternalServerError, "Error", "Internal error.", 1)
		return
	}
	s.note(r, "delete", a.Username, f.ID, true, "")
	if s.on.Has(DeleteCut) {
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) undeletable(w http.ResponseWriter, r *http.Request, a *account, f file) bool {
	status := 0
	switch {
	case s.on.Has(Delete403):
		status = http.StatusForbidden
		fail(w, status, "Access denied", "Permission denied.", 2310)
	case s.on.Has(Delete404):
		status = http.StatusNotFound
		_ = s.store.remove(f.ID) // somebody else was quicker
		fail(w, status, "File not found", "File not found.", 2410)
	case s.on.Has(Delete405):
		status = http.StatusMethodNotAllowed
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		fmt.Fprint(w, "<html><head><title>405 - HTTP verb used to access this page is not allowed.</title></head><body><h2>405</h2></body></html>")
	case s.on.Has(Delete500):
		status = http.StatusInternalServerError
		fail(w, status, "Error", "Internal error.", 1)
	default:
		return false
	}
	s.note(r, "delete", a.Username, f.ID, false, strconv.Itoa(status))
	return true
}
