package sendemodul

import (
	"errors"
	"io"
	"net/http"
	"sync"
)

// Fault is something that goes wrong.
type Fault struct {
	Kind FaultKind
	// N is the byte to cut at, the greatest size or the status to answer.
	N int64
	// Times is how often it happens; 0 is every time.
	Times int
}

// FaultKind names a fault.
type FaultKind string

// The faults. Those of the upload come before or after the file is stored,
// as their names say.
const (
	// PINRefused refuses every login.
	PINRefused FaultKind = "pin-refused"
	// Closed shows that the window is closed, in place of the login form.
	Closed FaultKind = "window-closed"
	// SessionExpires ends the session between login and upload.
	SessionExpires FaultKind = "session-expires"
	// LoginStatus answers the login with status N.
	LoginStatus FaultKind = "login-status"
	// UploadStatus answers the upload with status N, nothing stored.
	UploadStatus FaultKind = "upload-status"
	// TooLarge refuses files over N bytes with a page that says so.
	TooLarge FaultKind = "too-large"
	// UploadCut cuts the connection when N bytes of the upload have come.
	UploadCut FaultKind = "upload-cut"
	// UploadRedirect sends the upload on to another host, nothing stored.
	UploadRedirect FaultKind = "upload-redirect"
	// ErrorAfterStore stores the file and answers with a server error.
	ErrorAfterStore FaultKind = "error-after-store"
	// Silent stores the file and never answers.
	Silent FaultKind = "silent"
	// AnswerCut stores the file and cuts the answer after N bytes.
	AnswerCut FaultKind = "answer-cut"
	// Vague stores the file and answers with a page that says neither yes
	// nor no.
	Vague FaultKind = "vague"
)

var errCut = errors.New("cut by the sandbox")

// faults keeps count of how often each is still to happen.
type faults struct {
	mu   sync.Mutex
	list []Fault
	used []int
}

func newFaults(list []Fault) *faults {
	return &faults{list: list, used: make([]int, len(list))}
}

// take returns the fault of that kind when it is to happen now.
func (f *faults) take(kind FaultKind) (Fault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, x := range f.list {
		if x.Kind == kind && (x.Times == 0 || f.used[i] < x.Times) {
			f.used[i]++
			return x, true
		}
	}
	return Fault{}, false
}

// cutReader fails after n bytes.
type cutReader struct {
	io.ReadCloser
	left int64
}

func (c *cutReader) Read(p []byte) (int, error) {
	if c.left <= 0 {
		return 0, errCut
	}
	if int64(len(p)) > c.left {
		p = p[:c.left]
	}
	n, err := c.ReadCloser.Read(p)
	c.left -= int64(n)
	return n, err
}

// cutWriter passes on the first n bytes of the body and then cuts the line.
type cutWriter struct {
	http.ResponseWriter
	left int64
}

func (c *cutWriter) Write(p []byte) (int, error) {
	if int64(len(p)) <= c.left {
		c.left -= int64(len(p))
		return c.ResponseWriter.Write(p)
	}
	_, _ = c.ResponseWriter.Write(p[:c.left])
	_ = http.NewResponseController(c.ResponseWriter).Flush()
	panic(http.ErrAbortHandler)
}
