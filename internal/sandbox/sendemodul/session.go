package sendemodul

import (
	"net/http"
	"sync"
	"time"
)

// session is a visitor's: before login it holds only the token of the login
// form.
type session struct {
	id, token, viewState string
	account              *Account
	used                 time.Time
}

// sessions are kept in memory: a restart logs everybody out.
type sessions struct {
	now      func() time.Time
	lifetime time.Duration

	mu  sync.Mutex
	all map[string]*session
}

func (ss *sessions) find(r *http.Request, cookie string) *session {
	c, err := r.Cookie(cookie)
	if err != nil {
		return nil
	}
	ss.mu.Lock()
	defer ss.mu.Unlock()
	s := ss.all[c.Value]
	if s == nil {
		return nil
	}
	now := ss.now()
	if now.Sub(s.used) > ss.lifetime {
		delete(ss.all, s.id)
		return nil
	}
	s.used = now
	copied := *s
	return &copied
}

// start makes a session and sets its cookie; account is nil before login.
func (ss *sessions) start(w http.ResponseWriter, cookie string, account *Account) *session {
	s := &session{id: random(), token: random(), viewState: random() + random() + "==", account: account, used: ss.now()}
	ss.mu.Lock()
	// A site left open for weeks must not collect sessions without end.
	if len(ss.all) >= 10_000 {
		clear(ss.all)
	}
	ss.all[s.id] = s
	ss.mu.Unlock()
	http.SetCookie(w, &http.Cookie{
		Name: cookie, Value: s.id, Path: Base, HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode,
	})
	return s
}

func (ss *sessions) end(id string) {
	ss.mu.Lock()
	delete(ss.all, id)
	ss.mu.Unlock()
}
