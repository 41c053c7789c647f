package extract

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"iplos/internal/fault"
	"iplos/internal/finding"
	"iplos/internal/table"
)

// headBytes is how much is looked at to find out what a file is.
const headBytes = 64 << 10

// maxBuffered caps what is held of standard input where the content must be
// read from more than one end, as archives must.
const maxBuffered = 64 << 20

// input is the file, folder or stream that an export comes from.
type input struct {
	path   string
	kind   Source
	head   head
	folder bool
	file   *os.File      // a file or folder on a disk
	wait   io.Closer     // a stream that may have to be waited for
	stream *bufio.Reader // the content from the start, summed as it is read
	sum    *table.Sum
	whole  []byte // a buffered stream
}

// openInput opens what the path names and finds its kind. The input is to be
// closed with an error too.
func openInput(ctx context.Context, o Options) (*input, error) {
	in := &input{path: o.Path, sum: table.NewSum(o.Path)}
	var err error
	if o.Path == "-" {
		err = in.openStdin(ctx, o)
	} else {
		err = in.openPath(ctx, o)
	}
	if err == nil && !in.folder {
		err = in.look(o)
	}
	if err == nil {
		in.kind, err = findSource(o.Source, in.head, in.subject())
	}
	if err == nil && in.folder && in.kind.Kind == kindMessage {
		err = fault.New(fault.Usage, "extract.input.folder", "path", o.Path)
	}
	if err == nil {
		err = ctx.Err()
	}
	return in, err
}

// unknownTable tells that the content, which nothing was recognised in, looks
// like a table and not like a message.
func (in *input) unknownTable(o Options) bool {
	return o.Source == "" && in.kind.Kind == kindMessage && looksLikeColumns(in.head.text) && !startsAsXML(in.head.text)
}

// knownTable refuses a table that is none of the message's.
func (in *input) knownTable(o Options) error {
	if in.unknownTable(o) {
		return fault.New(fault.Blocked, "extract.source.table", "path", in.subject())
	}
	return nil
}

func (in *input) openStdin(ctx context.Context, o Options) error {
	if o.Stdin == nil {
		return fault.New(fault.Usage, "extract.input.no-stdin")
	}
	var r io.Reader
	r, in.wait = openStdin(ctx, o.Stdin)
	in.stream = bufio.NewReaderSize(&summed{r: r, sum: in.sum}, headBytes)
	return nil
}

func (in *input) openPath(ctx context.Context, o Options) error {
	if o.Path == "" {
		return fault.New(fault.Usage, "extract.no-input")
	}
	if info, err := os.Stat(o.Path); err == nil && blocks(info.Mode()) {
		p := newPatient(ctx, func() (io.ReadCloser, error) { return os.Open(o.Path) })
		in.wait = p
		in.stream = bufio.NewReaderSize(&summed{r: p, sum: in.sum}, headBytes)
		return nil
	}
	f, err := os.Open(o.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fault.Wrap(err, fault.Usage, "extract.input.missing", "path", o.Path)
	case errors.Is(err, fs.ErrPermission):
		return fault.Wrap(err, fault.Usage, "extract.input.forbidden", "path", o.Path)
	case err != nil:
		return fault.Wrap(err, fault.Usage, "extract.input.unreadable", "path", o.Path)
	}
	in.file = f
	info, err := f.Stat()
	if err != nil {
		return fault.Wrap(err, fault.Usage, "extract.input.unreadable", "path", o.Path)
	}
	if info.IsDir() {
		in.folder, in.head.folder = true, true
		return nil
	}
	in.stream = bufio.NewReaderSize(&summed{r: f, sum: in.sum}, headBytes)
	return nil
}

// look reads the head.
func (in *input) look(o Options) error {
	raw, err := in.stream.Peek(headBytes)
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return fault.Wrap(err, fault.Usage, "extract.input.unreadable", "path", in.object())
	}
	if len(bytes.TrimLeft(raw, "\xEF\xBB\xBF \t\r\n")) == 0 && len(raw) < headBytes {
		return fault.New(fault.Blocked, "extract.input.empty", "path", in.subject())
	}
	in.head.raw = raw
	text, _ := table.Decode(bytes.NewReader(raw), table.Auto)
	in.head.text, err = io.ReadAll(text)
	if errors.Is(err, table.ErrNUL) || errors.Is(err, table.ErrUTF32) {
		in.head.text = nil
	}
	if bytes.HasPrefix(raw, []byte("PK\x03\x04")) || bytes.HasPrefix(raw, []byte("PK\x05\x06")) {
		return in.lookInside(o)
	}
	return nil
}

// lookInside lists the entries of an archive.
func (in *input) lookInside(o Options) error {
	in.head.zip, in.head.text = true, nil
	if o.Source != "" && !strings.EqualFold(o.Source, kindCSV) && !strings.EqualFold(o.Source, kindWorkbook) {
		return nil
	}
	r, size, err := in.random()
	if err != nil {
		return err
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return table.Fault(in.path, &table.DamageError{Kind: table.Archive, Err: err})
	}
	for _, f := range z.File {
		in.head.entries = append(in.head.entries, f.Name)
	}
	return nil
}

// random returns the whole content for reading at any place, after summing
// it from end to end. A stream is held in memory, up to a cap.
func (in *input) random() (io.ReaderAt, int64, error) {
	if in.whole != nil {
		return bytes.NewReader(in.whole), int64(len(in.whole)), nil
	}
	if in.file == nil {
		whole, err := io.ReadAll(io.LimitReader(in.stream, maxBuffered+1))
		if err != nil {
			return nil, 0, fault.Wrap(err, fault.Usage, "extract.input.unreadable", "path", in.object())
		}
		if len(whole) > maxBuffered {
			return nil, 0, fault.New(fault.Usage, "extract.input.stdin-large", "limit", maxBuffered>>20)
		}
		in.whole = whole
		return bytes.NewReader(whole), int64(len(whole)), nil
	}
	if _, err := io.Copy(io.Discard, in.stream); err != nil {
		return nil, 0, fault.Wrap(err, fault.Usage, "extract.input.unreadable", "path", in.object())
	}
	return in.file, in.sum.Bytes, nil
}

// input returns what was read so far.
func (in *input) input() finding.Input {
	return finding.Input{Path: in.path, SHA256: in.sum.SHA256(), Bytes: in.sum.Bytes}
}

// drainBytes is how much of a file is read on after a fault, so that the sum
// is that of the whole file where that costs little.
const drainBytes = 256 << 20

// drain reads on to the end of a file, within reason.
func (in *input) drain() {
	if in.file != nil && in.stream != nil && !in.folder {
		_, _ = io.CopyN(io.Discard, in.stream, drainBytes) // the fault before it is what counts
	}
}

// Close closes the file.
func (in *input) Close() error {
	var errs []error
	if in.file != nil {
		errs = append(errs, in.file.Close())
	}
	if in.wait != nil {
		errs = append(errs, in.wait.Close())
	}
	in.file, in.wait = nil, nil
	return errors.Join(errs...)
}

// summed counts and hashes what is read.
type summed struct {
	r   io.Reader
	sum *table.Sum
}

func (s *summed) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if n > 0 {
		_, _ = s.sum.Write(p[:n]) // a hash does not fail
	}
	return n, err
}

// name is what a single table is called: the file's name, or stdin for
// standard input.
func (in *input) name() string {
	if in.path == "-" {
		return "stdin"
	}
	return filepath.Base(in.path)
}

// subject is how faults call the input where a sentence begins: as the user
// named it, and standard input in words.
func (in *input) subject() any { return in.called("extract.stdin.subject") }

// object is how faults call it later in a sentence.
func (in *input) object() any { return in.called("extract.stdin.object") }

func (in *input) called(stdin finding.TextID) any {
	if in.path == "-" {
		return stdin
	}
	return in.path
}

// shown is how tables call the file they are in.
func (in *input) shown() string {
	if in.path == "-" {
		return "stdin"
	}
	return in.path
}

func unreadable(path string, err error) error {
	return fault.Wrap(err, fault.Usage, "extract.input.unreadable", "path", path)
}
