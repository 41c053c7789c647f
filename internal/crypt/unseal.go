package crypt

import (
	"context"
	"errors"
	"io"
	"maps"
	"sync"

	"iplos/internal/crypt/cms"
	"iplos/internal/crypt/container"
	"iplos/internal/crypt/gunzip"
	"iplos/internal/crypt/parts"
	"iplos/internal/fault"
)

// unseal opens the parts into out: one goroutine reads, checks and decrypts
// the next part while this one is unpacked, checked, joined and written.
// Nothing of a part goes on before its sum and tag are right.
func (o *opener1) unseal(ctx context.Context, out io.Writer, packed []byte) error {
	v := &verifier{
		sum: container.NewDigest(), far: o.m.Compression == parts.None,
		count: &counter{}, out: out, join: &joiner{}, most: o.m.Message.Bytes,
	}
	if packed != nil {
		var err error
		if v.join.ids, err = newIdentityReader(packed); err != nil {
			return identityFault()
		}
	}
	defer v.sum.Wipe()
	in := newPartsReader(ctx, o)
	defer in.close()
	if err := o.unpack(in, v.add); err != nil {
		return err
	}
	return v.finish(o.m.Message)
}

// unpack gives take the message, block by block.
func (o *opener1) unpack(in *partsReader, take gunzip.Take) error {
	switch o.m.Compression {
	case parts.None:
		return in.each(take)
	case parts.Gzip:
		err := gunzip.Copy(in.ctx, in, take)
		if errors.Is(err, gunzip.ErrDamaged) {
			return messageFault()
		}
		return err
	default:
		return fault.New(fault.Integrity, "crypt.open.manifest")
	}
}

// openBuffers is how many parts are in memory. Each is being opened or
// unpacked at every time: two processors have no pause.
const openBuffers = 2

// partsReader reads the contents of the parts one after the other.
type partsReader struct {
	o       *opener1
	ctx     context.Context
	cancel  context.CancelCauseFunc
	wg      sync.WaitGroup
	free    chan []byte
	content chan content
	mems    [][]byte // every buffer there is
	cur     content
}

// content is what a part holds and the memory it is in.
type content struct{ data, mem []byte }

func newPartsReader(ctx context.Context, o *opener1) *partsReader {
	r := &partsReader{o: o, free: make(chan []byte, openBuffers), content: make(chan content)}
	r.ctx, r.cancel = context.WithCancelCause(ctx)
	var most int64
	for _, p := range o.m.Parts {
		most = max(most, p.Bytes) // compared with the files that are there
	}
	for range min(openBuffers, len(o.m.Parts)) {
		mem := make([]byte, min(most, container.MaxFile)) // pages come as they are filled
		r.mems = append(r.mems, mem)
		r.free <- mem
	}
	r.wg.Go(r.open)
	return r
}

// close stops and overwrites what was opened.
func (r *partsReader) close() {
	r.cancel(context.Canceled)
	r.wg.Wait()
	for _, mem := range r.mems {
		clear(mem)
	}
}

// open opens each part in a goroutine of its own, as soon as there is memory
// for it, and passes them on in order.
func (r *partsReader) open() {
	turn := make(chan struct{})
	close(turn)
	for i, p := range r.o.m.Parts {
		var c content
		select {
		case c.mem = <-r.free:
		case <-r.ctx.Done():
			return
		}
		before, after := turn, make(chan struct{})
		turn = after
		r.wg.Go(func() {
			defer close(after)
			var err error
			c.data, err = r.o.openPart(p, c.mem)
			<-before
			if err != nil {
				r.cancel(err)
				return
			}
			select {
			case r.content <- c:
			case <-r.ctx.Done():
				return
			}
			if i == len(r.o.m.Parts)-1 {
				close(r.content)
			}
		})
	}
}

// openPart reads, checks and decrypts a part into mem.
func (o *opener1) openPart(p container.Entry, mem []byte) ([]byte, error) {
	data, sum, err := o.in.ReadSum(p.Name, mem)
	if err != nil {
		return nil, err
	}
	if sum != p.SHA256 {
		return nil, &container.EntryError{Name: p.Name, Why: container.Changed}
	}
	if data, _, err = cms.Open(data, o.opts.Keys); err != nil {
		return nil, &messageError{p.Name, err}
	}
	return data, nil
}

// next makes the next part current, whose content is the caller's until the
// call after. It is io.EOF behind the last.
func (r *partsReader) next() error {
	if r.cur.mem != nil {
		r.free <- r.cur.mem // has room for every buffer
	}
	var ok bool
	select {
	case r.cur, ok = <-r.content:
		if !ok {
			return io.EOF
		}
		return nil
	case <-r.ctx.Done():
		r.cur = content{}
		return context.Cause(r.ctx)
	}
}

// Read is for what is packed.
func (r *partsReader) Read(p []byte) (int, error) {
	for len(r.cur.data) == 0 {
		if err := r.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.cur.data)
	r.cur.data = r.cur.data[n:]
	return n, nil
}

// each gives take the parts where they lie, a little at a time.
func (r *partsReader) each(take gunzip.Take) error {
	const little = 256 << 10 // stays in a processor's own cache
	for {
		if err := r.next(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		for data := r.cur.data; len(data) > 0; {
			n := min(len(data), little)
			then, err := take(data[:n])
			if err != nil {
				return err
			}
			if err := then(); err != nil {
				return err
			}
			data = data[n:]
		}
	}
}

// messageFault is content that is not the message the manifest speaks of.
func messageFault() error { return fault.New(fault.Integrity, "crypt.open.message") }

// verifier takes the message's sum and counts and passes it on, joined.
type verifier struct {
	sum   *container.Digest
	far   bool // blocks are in no processor's cache
	bytes int64
	count *counter
	out   io.Writer
	join  *joiner
	most  int64
}

// add hashes and counts a block; what it returns joins and writes it. Each is
// called in order, and the two may be beside each other.
func (v *verifier) add(p []byte) (func() error, error) {
	v.bytes += int64(len(p))
	if v.bytes > v.most { // a few compressed bytes could fill the disk
		return nil, messageFault()
	}
	if v.far {
		_, _ = v.sum.Write(p) // a digest does not fail
	} else {
		v.sum.Hash().Write(p)
	}
	v.count.add(p)
	return func() error {
		text, err := v.join.add(p)
		if err != nil {
			return err
		}
		_, err = v.out.Write(text)
		return err
	}, nil
}

// finish holds what came out against the manifest.
func (v *verifier) finish(want Message) error {
	v.count.finish()
	text, err := v.join.finish()
	if err != nil {
		return err
	}
	if _, err := v.out.Write(text); err != nil {
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
