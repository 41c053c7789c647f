package feedback_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"iplos/internal/fault"
	"iplos/internal/feedback"
	"iplos/internal/feedback/moveit"
)

// respond answers with a status and a body, HTML or the API's.
func respond(status int, body string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		kind := "application/json"
		if strings.HasPrefix(body, "<") {
			kind = "text/html"
		}
		w.Header().Set("Content-Type", kind)
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

func cut(w http.ResponseWriter) {
	w.Header().Set("Content-Length", "100")
	fmt.Fprint(w, "halv")
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func hangUp(http.ResponseWriter) { panic(http.ErrAbortHandler) }

// TestPullGoesOn: what the server says of one file may be so for good, and
// must not keep the others away, run after run.
func TestPullGoesOn(t *testing.T) {
	cases := []struct {
		name    string
		details bool // instead of the download
		answer  func(http.ResponseWriter)
		want    string
		kind    fault.Kind
	}{
		{"cut", false, cut, "feedback.pull.broken", fault.Network},
		{"no answer", false, hangUp, "feedback.pull.broken", fault.Network},
		{"500", false, respond(500, `{"detail":"Internal"}`), "feedback.server", fault.Network},
		{"404", false, respond(404, `{"detail":"Not found"}`), "feedback.gone", fault.Refused},
		{"403", false, respond(403, `{"detail":"Denied"}`), "feedback.forbidden", fault.Refused},
		{"422", false, respond(422, `{"detail":"Wrong"}`), "feedback.refused", fault.Refused},
		{"wall", false, respond(403, "<html>"), "feedback.blocked", fault.Refused},
		{"page", false, respond(200, "<html>"), "feedback.blocked", fault.Refused},
		{"other bytes", false, respond(200, "ikke"), "feedback.pull.hash", fault.Integrity},
		{"details 500", true, respond(500, `{"detail":"Internal"}`), "feedback.server", fault.Network},
		{"details 403", true, respond(403, `{"detail":"Denied"}`), "feedback.forbidden", fault.Refused},
		{"details no JSON", true, respond(200, "tull"), "feedback.answer", fault.Refused},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := start(t)
			path := "/api/v1/files/" + r.put(t, "a.zip", []byte("fire"))
			r.put(t, "b.zip", []byte("hel"))
			if !c.details {
				path += "/download"
			}
			r.before = func(w http.ResponseWriter, req *http.Request) bool {
				if req.URL.Path == path {
					c.answer(w)
				}
				return req.URL.Path == path
			}
			got, err := r.pull(t, nil)
			if id(err) != "feedback.pull.failed" || fault.KindOf(err) != c.kind || !strings.Contains(err.Error(), "a.zip") {
				t.Errorf("%v, kind %s", err, fault.KindOf(err))
			}
			if len(got.Failed) != 1 || got.Failed[0].Name != "a.zip" || got.Failed[0].Err.ID != c.want {
				t.Errorf("failed: %+v", got.Failed)
			}
			if files := r.files(t); !slices.Equal(files, []string{"b.zip", "b.zip.iplos.json"}) {
				t.Errorf("files %q", files)
			}
		})
	}
}

// The exit code is that of the worst, wherever it stands among them.
func TestPullTellsTheWorst(t *testing.T) {
	r := start(t)
	answers := map[string]func(http.ResponseWriter){
		r.put(t, "a.zip", []byte("fire")): respond(500, `{}`),
		r.put(t, "b.zip", []byte("fire")): respond(200, "ikke"),
		r.put(t, "c.zip", []byte("fire")): respond(403, `{}`),
	}
	r.put(t, "d.zip", []byte("hel"))
	r.before = func(w http.ResponseWriter, req *http.Request) bool {
		answer, ok := answers[strings.TrimSuffix(strings.TrimPrefix(req.URL.Path, "/api/v1/files/"), "/download")]
		if ok = ok && strings.HasSuffix(req.URL.Path, "/download"); ok {
			answer(w)
		}
		return ok
	}
	got, err := r.pull(t, nil)
	if id(err) != "feedback.pull.several" || fault.KindOf(err) != fault.Integrity || len(got.Failed) != 3 || len(got.Files) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	for _, want := range []string{"a.zip", "b.zip", "c.zip", `hint="feedback.pull.hash.hint"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %s", err, want)
		}
	}
}

// What the next file would meet too ends the run, with what failed before it.
func TestPullEnds(t *testing.T) {
	for want, answer := range map[string]func(*rig, http.ResponseWriter){
		"feedback.session":    func(_ *rig, w http.ResponseWriter) { respond(401, `{"message":"expired"}`)(w) },
		"feedback.net.closed": func(r *rig, w http.ResponseWriter) { _ = r.web.Listener.Close(); cut(w) },
	} {
		t.Run(want, func(t *testing.T) {
			r := start(t)
			path := "/api/v1/files/" + r.put(t, "b.zip", []byte("fire")) + "/download"
			bad := "/api/v1/files/" + r.put(t, "a.zip", []byte("fire")) + "/download"
			next := r.put(t, "c.zip", []byte("fire"))
			r.before = func(w http.ResponseWriter, req *http.Request) bool {
				switch req.URL.Path {
				case bad:
					respond(403, `{}`)(w)
				case path:
					answer(r, w)
				case "/api/v1/files/" + next:
					t.Error("the next file was asked for")
				}
				return req.URL.Path == bad || req.URL.Path == path
			}
			got, err := r.pull(t, nil)
			if id(err) != want || len(got.Failed) != 1 || got.Failed[0].Name != "a.zip" || len(r.files(t)) != 0 {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

// A file that is gone between the list and its turn is no fault, and is told.
func TestPullGone(t *testing.T) {
	r := start(t)
	gone := "/api/v1/files/" + r.put(t, "a.zip", []byte("1"))
	r.put(t, "b.zip", []byte("2"))
	r.before = func(w http.ResponseWriter, req *http.Request) bool {
		if req.URL.Path == gone {
			respond(404, `{"detail":"File not found."}`)(w)
		}
		return req.URL.Path == gone
	}
	got, err := r.pull(t, nil)
	if err != nil || len(got.Files) != 1 || !slices.Equal(got.Gone, []string{"a.zip"}) {
		t.Errorf("%+v, %v", got, err)
	}
}

// told is a server that tells something else of its files.
type told struct {
	*moveit.Client
	change func(*moveit.File)
}

func (s told) Details(ctx context.Context, id string) (moveit.File, error) {
	f, err := s.Client.Details(ctx, id)
	s.change(&f)
	return f, err
}

func TestPullUnexpected(t *testing.T) {
	pull := func(r *rig, change func(*moveit.File)) (*feedback.PullResult, error) {
		return r.pull(t, func(o *feedback.PullOptions) { o.Source = told{o.Source.(*moveit.Client), change} })
	}
	t.Run("more than declared", func(t *testing.T) {
		r := start(t)
		r.put(t, "a.zip", []byte("fire"))
		got, err := pull(r, func(f *moveit.File) { f.Bytes, f.Hash = 3, "" })
		if fault.KindOf(err) != fault.Integrity || got.Failed[0].Err.ID != "feedback.pull.size" || len(r.files(t)) != 0 {
			t.Errorf("%+v, %v", got, err)
		}
	})
	t.Run("a hash in another form", func(t *testing.T) {
		r := start(t)
		file := r.put(t, "a.zip", []byte("fire"))
		got, err := pull(r, func(f *moveit.File) { f.Hash = "d41d8cd98f00b204e9800998ecf8427e" })
		if err != nil || got.Files[0].Verified || !got.Files[0].UnknownHash {
			t.Errorf("%+v, %v", got, err)
		}
		r.notDeleted(t, file, "feedback.delete.unverified")
	})
	t.Run("no hash", func(t *testing.T) {
		r := start(t)
		r.put(t, "a.zip", []byte("fire"))
		if got, err := pull(r, func(f *moveit.File) { f.Hash = "" }); err != nil || got.Files[0].Verified || got.Files[0].UnknownHash {
			t.Errorf("%+v, %v", got, err)
		}
	})
	t.Run("short, without an error", func(t *testing.T) {
		r := start(t)
		path := "/api/v1/files/" + r.put(t, "a.zip", []byte("fire")) + "/download"
		times := 0
		r.before = func(w http.ResponseWriter, req *http.Request) bool {
			if req.URL.Path != path || times > 0 {
				return false
			}
			times++
			fmt.Fprint(w, "fi")
			_ = http.NewResponseController(w).Flush()
			return true
		}
		got, err := r.pull(t, nil)
		if err != nil || len(got.Files) != 1 || !got.Files[0].Verified || times != 1 {
			t.Errorf("%+v, %v", got, err)
		}
	})
}
