package crypt

import (
	"context"
	"errors"
	"io"
	"maps"
	"sync"

	"github.com/klauspost/compress/gzip"

	"iplos/internal/crypt/cms"
	"iplos/internal/crypt/container"
	"iplos/internal/crypt/parts"
	"iplos/internal/fault"
)

// unseal opens the parts into out: one goroutine reads and hashes the next
// part, one opens this one, one unpacks, and the caller's hashes, joins and
// writes. Nothing of a part goes on before its sum and tag are right.
func (o *opener1) unseal(ctx context.Context, out io.Writer, packed []byte) error {
	ctx, cancel := context.WithCancelCause(ctx)
	var wg sync.WaitGroup
	defer wg.Wait()
	defer cancel(context.Canceled)

	j := &joiner{}
	if packed != nil {
		var err error
		if j.ids, err = newIdentityReader(packed); err != nil {
			return identityFault()
		}
	}
	sealed := make(chan partBuffer)
	content := make(chan partBuffer)
	free := make(chan []byte, openBuffers)
	for range openBuffers {
		free <- nil
	}
	wg.Go(func() { stop(cancel, o.readParts(ctx, free, sealed)) })
	wg.Go(func() { stop(cancel, o.openParts(ctx, sealed, content)) })
	in := &partsReader{ctx: ctx, content: content, free: free}
	err := o.copyMessage(ctx, &wg, in, out, j)
	if cause := context.Cause(ctx); cause != nil { // why the stream ended
		return cause
	}
	return err
}

// openBuffers is how many parts are in memory: one being read and opened,
// one being unpacked.
const openBuffers = 2

func stop(cancel context.CancelCauseFunc, err error) {
	if err != nil {
		cancel(err)
	}
}

// partBuffer is a part and the memory it is in.
type partBuffer struct {
	name string
	data []byte
	mem  []byte
}

func (o *opener1) readParts(ctx context.Context, free <-chan []byte, to chan<- partBuffer) error {
	defer close(to)
	for _, p := range o.m.Parts {
		var buf []byte
		select {
		case buf = <-free:
		case <-ctx.Done():
			return nil
		}
		data, sum, err := o.in.ReadSum(p.Name, buf)
		if err != nil {
			return err
		}
		if sum != p.SHA256 {
			return &container.EntryError{Name: p.Name, Why: container.Changed}
		}
		select {
		case to <- partBuffer{p.Name, data, data}:
		case <-ctx.Done():
			return nil
		}
	}
	return nil
}

func (o *opener1) openParts(ctx context.Context, from <-chan partBuffer, to chan<- partBuffer) error {
	defer close(to)
	for p := range from {
		data, _, err := cms.Open(p.data, o.opts.Keys)
		if err != nil {
			return &messageError{p.name, err}
		}
		select {
		case to <- partBuffer{p.name, data, p.mem}:
		case <-ctx.Done():
			clear(data)
			return nil
		}
	}
	return nil
}

// partsReader reads the contents of the parts one after the other.
type partsReader struct {
	ctx     context.Context
	content <-chan partBuffer
	free    chan<- []byte
	cur     partBuffer
}

func (r *partsReader) Read(p []byte) (int, error) {
	for len(r.cur.data) == 0 {
		r.release(r.cur.mem)
		r.cur = partBuffer{}
		select {
		case next, ok := <-r.content:
			if !ok {
				return 0, io.EOF
			}
			r.cur = next
		case <-r.ctx.Done():
			return 0, context.Cause(r.ctx)
		}
	}
	n := copy(p, r.cur.data)
	r.cur.data = r.cur.data[n:]
	return n, nil
}

// release wipes a part that is used up; its memory is for the next.
func (r *partsReader) release(mem []byte) {
	if mem != nil {
		clear(mem)
		r.free <- mem // has room for every buffer
	}
}

// passOn cuts the parts into blocks where they lie, when there is nothing to
// unpack.
func (r *partsReader) passOn(to chan<- messageBlock) {
	send := func(b messageBlock) bool {
		select {
		case to <- b:
			return true
		case <-r.ctx.Done():
			return false
		}
	}
	for p := range r.content {
		for len(p.data) > openBlock {
			if !send(messageBlock{data: p.data[:openBlock]}) {
				return
			}
			p.data = p.data[openBlock:]
		}
		if !send(messageBlock{data: p.data, part: p.mem}) {
			return
		}
	}
	send(messageBlock{last: true})
}

// copyMessage unpacks, checks and writes the message.
func (o *opener1) copyMessage(ctx context.Context, wg *sync.WaitGroup, in *partsReader, out io.Writer, j *joiner) error {
	blocks := make(chan messageBlock)
	free := make(chan []byte, 3)
	if o.m.Compression == parts.None {
		wg.Go(func() { in.passOn(blocks) })
	} else {
		for range cap(free) {
			free <- make([]byte, o.blockSize())
		}
		wg.Go(func() { o.unpack(ctx, in, free, blocks) })
	}

	v := &verifier{sum: container.NewDigest(), count: newCounter(), out: out, join: j, most: o.m.Message.Bytes}
	defer v.sum.Wipe()
	for {
		select {
		case b := <-blocks:
			if b.err != nil {
				return b.err
			}
			if err := v.add(b.data, !b.last); err != nil {
				return err
			}
			if b.last {
				return v.finish(o.m.Message)
			}
			if o.m.Compression == parts.None {
				in.release(b.part)
			} else {
				free <- b.data[:cap(b.data)]
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// blockSize is enough to keep three goroutines busy, and no more than the
// message needs.
func (o *opener1) blockSize() int64 { return min(max(o.m.Message.Bytes, 4<<10), openBlock) }

const openBlock = 512 << 10

// messageBlock is a stretch of the message, or why there is none.
type messageBlock struct {
	data []byte
	part []byte // the memory of a part of which this is the last
	last bool
	err  error
}

// unpack fills blocks with the message.
func (o *opener1) unpack(ctx context.Context, in io.Reader, free <-chan []byte, to chan<- messageBlock) {
	src, err := unpacker(o.m.Compression, in)
	for {
		var b messageBlock
		select {
		case b.data = <-free:
		case <-ctx.Done():
			return
		}
		if err == nil {
			b.data, b.last, err = fill(src, b.data)
		}
		b.err = err
		select {
		case to <- b:
		case <-ctx.Done():
			return
		}
		if b.last || err != nil {
			return
		}
	}
}

// fill reads until buf is full or the source ends.
func fill(src io.Reader, buf []byte) (data []byte, last bool, err error) {
	n := 0
	for n < len(buf) {
		m, err := src.Read(buf[n:])
		n += m
		if errors.Is(err, io.EOF) {
			return buf[:n], true, nil
		}
		if err != nil {
			return nil, false, err
		}
	}
	return buf, false, nil
}

// messageFault is content that is not the message the manifest speaks of.
func messageFault() error { return fault.New(fault.Integrity, "crypt.open.message") }

func unpacker(c parts.Compression, in io.Reader) (io.Reader, error) {
	switch c {
	case parts.Gzip:
		gz, err := gzip.NewReader(in)
		if err != nil {
			return nil, messageFault()
		}
		return cutReader{gz}, nil
	default:
		return nil, fault.New(fault.Integrity, "crypt.open.manifest")
	}
}

// cutReader tells a damaged stream from its end.
type cutReader struct{ r io.Reader }

func (c cutReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = messageFault()
	}
	return n, err
}

// verifier takes the message's sum and counts and passes it on, joined.
type verifier struct {
	sum   *container.Digest
	bytes int64
	count *counter
	out   io.Writer
	join  *joiner
	most  int64
}

// add hashes and counts beside joining and writing.
func (v *verifier) add(p []byte, more bool) error {
	v.bytes += int64(len(p))
	if v.bytes > v.most { // a few compressed bytes could fill the disk
		return messageFault()
	}
	checked := make(chan struct{})
	go func() {
		_, _ = v.sum.Write(p) // it brings the block near for the other
		v.count.add(p)
		close(checked)
	}()
	text, err := v.join.add(p, more)
	if err == nil {
		_, err = v.out.Write(text)
	}
	<-checked
	return err
}

// finish holds what came out against the manifest.
func (v *verifier) finish(want Message) error {
	v.count.finish()
	if err := v.join.finish(); err != nil {
		return err
	}
	if v.bytes != want.Bytes || v.sum.Hex() != want.SHA256 {
		return messageFault()
	}
	if v.count.persons != want.Persons || !maps.Equal(v.count.rows(), want.Rows) {
		return fault.New(fault.Integrity, "crypt.open.counts", "persons", want.Persons, "found", v.count.persons)
	}
	return nil
}
