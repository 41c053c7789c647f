package filsluse

import (
	"cmp"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxPerPage is a bound of our own; the vendor's is not documented.
const maxPerPage = 1000

func (s *Server) self(w http.ResponseWriter, r *http.Request, a *account) {
	s.note(r, "self", a.Username, "", true, "")
	var size int64
	for _, f := range s.store.of(a.Username) {
		size += f.Size
	}
	home, state := int64(a.folder), s.gate.state(a)
	if s.on.Has(NoHome) {
		home = 0
	}
	m := userModel{
		ID: a.id, OrgID: orgID, Username: a.Username, FullName: a.FullName, Email: a.Username, EmailFormat: "HTML",
		Permission: "User", Status: "Active", AuthMethod: "MOVEitOnly", Language: "no", Notification: "ReceivesNotifications",
		ForceChange: s.on.Has(ChangeSoon), PasswordChanged: s.stamp(state.changed), HomeFolderID: home, TotalFileSize: size,
		Display: display{Users: 25, Files: 25, Live: 25},
	}
	if state.last != nil {
		m.LastLogin = s.stamp(*state.last)
	}
	reply(w, http.StatusOK, m)
}

// myFolder tells whether the path names the account's folder.
func (s *Server) myFolder(w http.ResponseWriter, r *http.Request, a *account) bool {
	if r.PathValue("id") == strconv.Itoa(a.folder) {
		return true
	}
	s.note(r, "forbidden", a.Username, r.URL.Path, false, "folder")
	fail(w, http.StatusForbidden, "Access denied", "Folder not found or access denied.", 2310)
	return false
}

func (s *Server) folder(w http.ResponseWriter, r *http.Request, a *account) {
	if !s.myFolder(w, r, a) {
		return
	}
	s.note(r, "folder", a.Username, r.PathValue("id"), true, "")
	files := s.store.of(a.Username)
	m := folderModel{
		ID: a.folder, ParentID: 617_000_000, OrgID: orgID, Name: a.Username, Path: folderPath(a), Owner: a.Username,
		Type: "Normal", SystemType: "User", CleanType: "AfterCleanTime", CleanTimeDays: 60, NewTime: 7,
		Changed: s.stamp(s.opts.Now()),
		Permission: permissions{
			ListSubfolders: true, ListFiles: true, ReadFiles: true, DeleteFiles: !s.on.Has(Delete403),
		},
	}
	if r.URL.Query().Get("skipCounts") != "true" {
		n := len(files)
		m.FileCount = &n
	}
	if r.URL.Query().Get("skipFilesSize") != "true" {
		var size int64
		for _, f := range files {
			size += f.Size
		}
		m.FilesSize = &size
	}
	reply(w, http.StatusOK, m)
}

func folderPath(a *account) string { return "/Home/" + a.Username }

func (s *Server) files(w http.ResponseWriter, r *http.Request, a *account) { s.list(w, r, a, "path") }

func (s *Server) folderFiles(w http.ResponseWriter, r *http.Request, a *account) {
	if s.myFolder(w, r, a) {
		s.list(w, r, a, "name")
	}
}

// listing is what a list was asked for.
type listing struct {
	page, perPage int
	by            string
	descending    bool
	newOnly       bool
	since         time.Time
	mask          string
}

func parseListing(r *http.Request, by string) (listing, []fieldError) {
	q := r.URL.Query()
	l := listing{page: 1, perPage: 25, by: by, newOnly: q.Get("newOnly") == "true", mask: q.Get("name")}
	var wrong []fieldError
	number := func(name string, into *int, most int) {
		if text := q.Get(name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 1 {
				wrong = append(wrong, fieldError{name, text, "Value must be a positive number."})
				return
			}
			*into = min(n, most)
		}
	}
	number("page", &l.page, 1<<30)
	number("perPage", &l.perPage, maxPerPage)
	if f := strings.ToLower(q.Get("sortField")); f != "" {
		if !slices.Contains([]string{"name", "size", "datetime", "uploadstamp", "path"}, f) {
			wrong = append(wrong, fieldError{"sortField", f, "Unknown sort field."})
		}
		l.by = f
	}
	l.descending = strings.HasPrefix(strings.ToLower(q.Get("sortDirection")), "desc")
	if text := q.Get("sinceDate"); text != "" {
		var err error
		if l.since, err = time.Parse("2006-01-02T15:04:05", text); err != nil {
			wrong = append(wrong, fieldError{"sinceDate", text, "Invalid date."})
		}
	}
	return l, wrong
}

func (s *Server) list(w http.ResponseWriter, r *http.Request, a *account, by string) {
	l, wrong := parseListing(r, by)
	if len(wrong) > 0 {
		reply(w, http.StatusUnprocessableEntity, errorModel{
			Title: "Invalid request", Detail: "One or more parameters are not valid.", Code: 5001, Errors: wrong,
		})
		return
	}
	s.note(r, "list", a.Username, "", true, "page "+strconv.Itoa(l.page))
	files := l.choose(s.store.of(a.Username))
	from := min(len(files), (l.page-1)*l.perPage)
	to := min(len(files), from+l.perPage)
	page := filePage{
		Timestamp: s.opts.Now().Format("2006-01-02T15:04:05"), Items: []fileModel{},
		Paging: paging{
			Page: l.page, PerPage: l.perPage, TotalItems: int64(len(files)),
			TotalPages: (len(files) + l.perPage - 1) / l.perPage,
		},
		Sorting: []sortedBy{{l.by, pickText(l.descending, "desc", "asc")}},
	}
	if len(files) == 0 && s.on.Has(EmptyPages) {
		page.Paging.TotalPages = 1
	}
	for _, f := range files[from:to] {
		page.Items = append(page.Items, s.model(a, f))
	}
	if r.PathValue("id") != "" {
		page.Timestamp = "" // only the list of all files has it
	}
	s.betweenPages(a, l.page)
	reply(w, http.StatusOK, page)
}

func pickText(cond bool, yes, no string) string {
	if cond {
		return yes
	}
	return no
}

func (l listing) choose(files []file) []file {
	files = slices.DeleteFunc(files, func(f file) bool {
		masked, err := path.Match(l.mask, f.Name)
		return (l.newOnly && !f.IsNew) || (!l.since.IsZero() && f.At.Before(l.since)) || (l.mask != "" && (err != nil || !masked))
	})
	slices.SortStableFunc(files, func(a, b file) int {
		c := 0
		switch l.by {
		case "size":
			c = cmp.Compare(a.Size, b.Size)
		case "datetime", "uploadstamp":
			c = a.At.Compare(b.At)
		default:
			c = cmp.Compare(a.Name, b.Name)
		}
		if l.descending {
			return -c
		}
		return c
	})
	return files
}

// betweenPages changes the list after its first page was read, where a
// scenario says so.
func (s *Server) betweenPages(a *account, page int) {
	if page != 1 {
		return
	}
	if s.on.Has(FileAppears) {
		_ = s.addSample(a.Username, "AAA kom imellom.zip") // the list is then as it was
	}
	if s.on.Has(FileVanishes) {
		if files := s.store.of(a.Username); len(files) > 0 {
			_ = s.store.remove(files[0].ID) // the list is then as it was
		}
	}
}

func (s *Server) model(a *account, f file) fileModel {
	m := fileModel{
		ID: f.ID, Name: f.Name, Path: folderPath(a) + "/" + f.Name, Size: f.Size, Stamp: s.stamp(f.At),
		Uploader: "ssb-iplos", FolderID: a.folder, IsNew: f.IsNew,
	}
	if s.on.Has(UnknownFields) {
		m.Extra = &extra{60}
	}
	return m
}
