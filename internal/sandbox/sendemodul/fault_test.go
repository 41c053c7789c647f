package sendemodul_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"iplos/internal/sandbox/scenario"
	"iplos/internal/sandbox/sendemodul"
)

func TestFaults(t *testing.T) {
	big := strings.Repeat("x", 300_000)
	tests := []struct {
		fault  scenario.Use
		code   int    // 0: no answer
		text   string // on the page
		stored int
	}{
		{scenario.Use{Name: sendemodul.SessionExpires}, 200, "utløpt", 0},
		{scenario.Use{Name: sendemodul.UploadStatus, N: 403}, 403, "403 Forbidden", 0},
		{scenario.Use{Name: sendemodul.UploadStatus, N: 413}, 413, "413", 0},
		{scenario.Use{Name: sendemodul.UploadStatus, N: 429}, 429, "429", 0},
		{scenario.Use{Name: sendemodul.UploadStatus, N: 503}, 503, "503", 0},
		{scenario.Use{Name: sendemodul.UploadLate, N: 502}, 502, "502", 0},
		{scenario.Use{Name: sendemodul.TooLarge, N: 1000}, 200, "for stor", 0},
		{scenario.Use{Name: sendemodul.UploadCut, N: 1000}, 0, "", 0},
		{scenario.Use{Name: sendemodul.ErrorAfterStore}, 500, "500", 1},
		{scenario.Use{Name: sendemodul.AnswerCut, N: 0}, 0, "", 1},
		{scenario.Use{Name: sendemodul.AnswerCut, N: 100}, 0, "", 1},
		{scenario.Use{Name: sendemodul.Vague}, 200, "Takk for besøket", 1},
	}
	for _, tt := range tests {
		t.Run(string(tt.fault.Name), func(t *testing.T) {
			st := start(t, sendemodul.Options{Scenarios: []scenario.Use{tt.fault}})
			res, err := st.send(st.uploadPage(t), map[string]string{"f.tar": big})
			if tt.code == 0 {
				if err == nil {
					_, err = io.ReadAll(res.Body)
				}
				if err == nil {
					t.Error("a whole answer came")
				}
			} else if p := st.read(t, res, err); p.code != tt.code || !strings.Contains(p.text, tt.text) {
				t.Errorf("answer %d: %s", p.code, p.text)
			}
			if len(st.got) != tt.stored {
				t.Errorf("stored %d, want %d", len(st.got), tt.stored)
			}
			st.assertOnlyDeliveries(t)
		})
	}
}

func TestFaultsAtLogin(t *testing.T) {
	refused := start(t, sendemodul.Options{Scenarios: []scenario.Use{{Name: sendemodul.PINRefused, Times: 1}}})
	if p := refused.login(t, pin); !strings.Contains(p.text, "avvist") {
		t.Errorf("pin-refused: %s", p.text)
	}
	if p := refused.login(t, pin); !strings.Contains(p.text, "Kryptert fil") {
		t.Errorf("the second time: %s", p.text)
	}
	closed := start(t, sendemodul.Options{Scenarios: []scenario.Use{{Name: sendemodul.Closed}}})
	if p := closed.get(t, closed.URL+sendemodul.Base); !strings.Contains(p.text, "stengt") || len(p.forms) != 0 {
		t.Errorf("window-closed: %s", p.text)
	}
	down := start(t, sendemodul.Options{Scenarios: []scenario.Use{{Name: sendemodul.LoginStatus, N: 502}}})
	if p := down.login(t, pin); p.code != 502 {
		t.Errorf("login-status: %d", p.code)
	}
}

func TestSilentHoldsTheAnswerUntilClose(t *testing.T) {
	st := start(t, sendemodul.Options{Scenarios: []scenario.Use{{Name: sendemodul.Silent}}})
	p := st.uploadPage(t)
	st.c.Timeout = 300 * time.Millisecond
	if _, err := st.send(p, map[string]string{"a": "a"}); err == nil {
		t.Error("an answer came")
	}
	if len(st.s.Deliveries()) != 1 {
		t.Error("the file was not stored")
	}
}

func TestForeignRedirectIsNotFollowedByUs(t *testing.T) {
	st := start(t, sendemodul.Options{Scenarios: []scenario.Use{{Name: sendemodul.UploadRedirect}}})
	p := st.uploadPage(t)
	st.c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := st.send(p, map[string]string{"a": "a"})
	if err != nil || res.StatusCode != http.StatusTemporaryRedirect || len(st.got) != 0 {
		t.Errorf("%v, %v", res, err)
	}
}

// A form that ends without its last boundary is a connection that was cut,
// not a small form.
func TestFormCutShortIsNotStored(t *testing.T) {
	st := start(t, sendemodul.Options{})
	p := st.uploadPage(t)
	f := p.forms[len(p.forms)-1]
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	_ = m.WriteField("_token", f.values.Get("_token"))
	w, _ := m.CreateFormFile(f.file, "f.tar")
	_, _ = io.WriteString(w, "half of it")
	res, err := st.c.Post(p.resolve(t, f.action), m.FormDataContentType(), &body)
	if q := st.read(t, res, err); q.code != 400 || len(st.got) != 0 {
		t.Errorf("answer %d, delivered %d", q.code, len(st.got))
	}
	st.assertOnlyDeliveries(t)
}
