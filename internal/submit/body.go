package submit

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/text/encoding"
)

// uploadBody is a multipart/form-data body of known length, read from disk as
// it is sent: memory does not depend on the files.
type uploadBody struct {
	size        int64
	contentType string
	progress    func(file int, sent int64)

	// mu: the transport may close a body that is being read.
	mu      sync.Mutex
	parts   []bodyPart
	current io.Reader
	open    *os.File
	next    int
	sent    int64
	started atomic.Bool
}

// bodyPart is text, or a file from disk.
type bodyPart struct {
	text  string
	file  *File
	index int
}

// newBody lays the form out. Fields stand in the order of the form, the files
// where the file field is.
func newBody(fields []field, files []File, enc encoding.Encoding) *uploadBody {
	boundary := "----iplos" + rand.Text()
	b := &uploadBody{contentType: "multipart/form-data; boundary=" + boundary}
	text := &strings.Builder{}
	flush := func() {
		b.parts = append(b.parts, bodyPart{text: text.String()})
		text.Reset()
	}
	for _, f := range fields {
		if !f.file {
			fmt.Fprintf(text, "--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n", boundary, escapeName(inCharset(f.name, enc)), inCharset(f.value, enc))
			continue
		}
		for i := range files {
			fmt.Fprintf(text, "--%s\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"%s\"\r\nContent-Type: application/octet-stream\r\n\r\n",
				boundary, escapeName(inCharset(f.name, enc)), escapeName(files[i].Name))
			flush()
			b.parts = append(b.parts, bodyPart{file: &files[i], index: i})
			text.WriteString("\r\n")
		}
	}
	fmt.Fprintf(text, "--%s--\r\n", boundary)
	flush()
	for _, p := range b.parts {
		b.size += int64(len(p.text))
		if p.file != nil {
			b.size += p.file.Bytes
		}
	}
	return b
}

// escapeName writes a name as the HTML standard does in multipart forms.
func escapeName(s string) string {
	return strings.NewReplacer("\r", "%0D", "\n", "%0A", `"`, "%22").Replace(s)
}

// begun tells whether a byte was handed to the connection.
func (b *uploadBody) begun() bool { return b.started.Load() }

// Read hands out the body.
func (b *uploadBody) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for {
		if b.current == nil {
			if err := b.advance(); err != nil {
				return 0, err
			}
		}
		n, err := b.current.Read(p)
		if n > 0 {
			b.started.Store(true)
			b.count(n)
			return n, nil
		}
		if errors.Is(err, io.EOF) {
			err = b.end()
		}
		if err != nil {
			return 0, err
		}
	}
}

func (b *uploadBody) advance() error {
	if b.next == len(b.parts) {
		return io.EOF
	}
	p := b.parts[b.next]
	b.next++
	if p.file == nil {
		b.current = strings.NewReader(p.text)
		return nil
	}
	f, err := os.Open(p.file.Path)
	if err != nil {
		return fmt.Errorf("opening the file to send: %w", err)
	}
	b.open, b.current = f, &exactly{r: f, left: p.file.Bytes}
	return nil
}

func (b *uploadBody) end() error {
	b.current = nil
	if b.open == nil {
		return nil
	}
	f := b.open
	b.open = nil
	return f.Close()
}

func (b *uploadBody) count(n int) {
	if b.open == nil || b.progress == nil {
		return
	}
	b.sent += int64(n)
	b.progress(b.parts[b.next-1].index, b.sent)
}

// Close ends the reading; the transport calls it.
func (b *uploadBody) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.end()
}

// exactly reads that many bytes; a file that became shorter is an error, what
// was added to it is not sent.
type exactly struct {
	r    io.Reader
	left int64
}

func (e *exactly) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	if int64(len(p)) > e.left {
		p = p[:e.left]
	}
	n, err := e.r.Read(p)
	e.left -= int64(n)
	if errors.Is(err, io.EOF) && e.left > 0 {
		return n, io.ErrUnexpectedEOF
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return n, err
}
