package crypt

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"

	"iplos/internal/atomicfile"
	"iplos/internal/crypt/cms"
	"iplos/internal/crypt/container"
	"iplos/internal/disk"
	"iplos/internal/fault"
)

// readIdentities opens identity.p7m; nil without an error means that the keys
// do not open it.
func (o *opener1) readIdentities() ([]byte, error) {
	data, sum, err := o.in.ReadSum(identityName, nil)
	if err != nil {
		return nil, err
	}
	if sum != o.sums[identityName] {
		return nil, &container.EntryError{Name: identityName, Why: container.Changed}
	}
	packed, _, err := cms.Open(data, o.opts.Keys)
	switch {
	case errors.Is(err, cms.ErrNoKey) && o.m != nil:
		return nil, nil
	case err != nil:
		return nil, &messageError{identityName, err}
	default:
		return packed, nil
	}
}

// releaseIdentities is all that the pseudonymiser's key alone may see; the
// parts are held against the list of sums all the same.
func (o *opener1) releaseIdentities(ctx context.Context, packed []byte) (*Opened, error) {
	if o.opts.wantsMessage() {
		return nil, &messageError{manifestName, cms.ErrNoKey}
	}
	var buf []byte
	for _, e := range o.in.Entries() {
		if e.Name == sumsName {
			continue
		}
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		var sum string
		var err error
		if buf, sum, err = o.in.ReadSum(e.Name, buf); err != nil {
			return nil, err
		}
		if sum != o.sums[e.Name] {
			return nil, &container.EntryError{Name: e.Name, Why: container.Changed}
		}
	}
	if o.opts.Identities == "" {
		return &Opened{}, nil
	}
	out, lines, err := o.writeIdentities(packed)
	if err != nil {
		return nil, err
	}
	if err := out.Commit(); err != nil {
		return nil, writeFault(err, o.opts.Identities)
	}
	return &Opened{Identities: o.opts.Identities, IdentityLines: lines}, nil
}

// release writes what the keys may see: the message, with its identities when
// they open both, and the identities.
func (o *opener1) release(ctx context.Context, packed []byte) (*Opened, error) {
	opened := &Opened{Manifest: o.m, Message: o.opts.Message, Joined: packed != nil && o.opts.wantsMessage()}
	if o.opts.Identities != "" && packed == nil {
		return nil, &messageError{identityName, cms.ErrNoKey}
	}
	var list *atomicfile.File
	if o.opts.Identities != "" {
		var err error
		if list, opened.IdentityLines, err = o.writeIdentities(packed); err != nil {
			return nil, err
		}
		defer list.Abort()
		opened.Identities = o.opts.Identities
	}
	msg, sum, err := o.writeMessage(ctx, packed)
	if err != nil {
		return nil, err
	}
	if msg != nil {
		defer msg.Abort()
		if err := msg.Commit(); err != nil {
			return nil, writeFault(err, o.opts.Message)
		}
	}
	if list != nil {
		if err := list.Commit(); err != nil {
			if msg != nil { // both or none
				err = errors.Join(err, os.Remove(o.opts.Message))
			}
			return nil, writeFault(err, o.opts.Identities)
		}
	}
	opened.SHA256 = sum
	return opened, nil
}

// writeMessage opens the parts into the message's file, not yet committed,
// or into nothing when only a check was asked for, or comes first. It returns
// the SHA-256 of what was written.
func (o *opener1) writeMessage(ctx context.Context, packed []byte) (*atomicfile.File, string, error) {
	var file *atomicfile.File
	var err error
	if o.opts.Message != "" {
		if file, err = createTarget(o.opts.Message, o.opts.Force); err != nil {
			return nil, "", err
		}
	}
	var sum string
	if file == nil {
		err = o.unseal(ctx, io.Discard, packed)
	} else {
		sum, err = o.unsealSum(ctx, file, packed)
	}
	if err == nil && o.opts.Out != nil {
		sum, err = o.unsealSum(ctx, o.opts.Out, packed)
	}
	if err != nil && file != nil {
		file.Abort()
	}
	if err != nil {
		return nil, "", writeFaultOnly(err, o.opts.Message)
	}
	return file, sum, nil
}

// unsealSum is unseal with the SHA-256 of what is written: the manifest's,
// which was checked, unless identities took the place of link ids.
func (o *opener1) unsealSum(ctx context.Context, out io.Writer, packed []byte) (string, error) {
	if packed == nil {
		return o.m.Message.SHA256, o.unseal(ctx, out, nil)
	}
	sum := sha256.New()
	err := o.unseal(ctx, io.MultiWriter(out, sum), packed)
	return hex.EncodeToString(sum.Sum(nil)), err
}

// writeIdentities unpacks the identities into their file, not yet committed.
func (o *opener1) writeIdentities(packed []byte) (*atomicfile.File, int, error) {
	file, err := createTarget(o.opts.Identities, o.opts.Force)
	if err != nil {
		return nil, 0, err
	}
	lines, err := copyIdentities(file, packed)
	if err != nil {
		file.Abort()
		return nil, 0, writeFaultOnly(err, o.opts.Identities)
	}
	return file, lines, nil
}

// copyIdentities writes the lines, each read and checked.
func copyIdentities(to io.Writer, packed []byte) (int, error) {
	in, err := newIdentityReader(packed)
	if err != nil {
		return 0, identityFault()
	}
	out := bufio.NewWriter(to)
	for lines := 0; ; lines++ {
		link, kind, number, err := in.next()
		if errors.Is(err, io.EOF) {
			return lines, out.Flush()
		}
		if err != nil {
			return 0, identityFault()
		}
		if _, err := out.Write(appendIdentityLine(out.AvailableBuffer(), link, kind, number)); err != nil {
			return 0, err
		}
	}
}

func identityFault() error { return fault.New(fault.Integrity, "crypt.open.identity") }

// writeFaultOnly leaves what is not about writing as it is.
func writeFaultOnly(err error, path string) error {
	if disk.IsFull(err) || errors.Is(err, context.Canceled) {
		return writeFault(err, path)
	}
	return err
}
