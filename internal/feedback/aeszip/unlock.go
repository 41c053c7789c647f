package aeszip

import (
	"context"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the format's own
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"strconv"

	"iplos/internal/fault"
	"iplos/internal/secret"
)

// chunk is how much is hashed or inflated at a time.
const chunk = 64 << 10

// unlocker tries passwords on entries. What opened the last entry is tried
// first on the next.
type unlocker struct {
	src    io.ReaderAt
	forms  [][]byte
	opened bool
	buf    []byte
	// progress may be nil.
	progress func(n int64)
}

func newUnlocker(src io.ReaderAt, passwords []secret.Value) *unlocker {
	u := &unlocker{src: src, buf: make([]byte, chunk)}
	for _, p := range passwords {
		u.forms = append(u.forms, passwordForms(p)...)
	}
	return u
}

// wipe overwrites the passwords' copies.
func (u *unlocker) wipe() {
	for _, f := range u.forms {
		clear(f)
	}
}

// unlock returns the keys of the first password that passes the entry's
// two-byte verifier and has the right tag. One wrong password in 65,536 passes
// the verifier: only the tag decides.
func (u *unlocker) unlock(ctx context.Context, e *entry) (keys, error) {
	head := make([]byte, e.aes.saltLen()+verifierLen)
	if _, err := u.src.ReadAt(head, e.offset); err != nil {
		return keys{}, readFault(err)
	}
	salt, verifier := head[:e.aes.saltLen()], head[e.aes.saltLen():]
	for i, form := range u.forms {
		k, err := deriveKeys(form, salt, e.aes)
		if err != nil {
			return keys{}, err
		}
		if subtle.ConstantTimeCompare(k.verifier, verifier) == 0 {
			continue
		}
		switch ok, err := u.authentic(ctx, e, k.mac); {
		case err != nil:
			return keys{}, err
		case ok:
			u.forms[0], u.forms[i] = u.forms[i], u.forms[0]
			u.opened = true
			return k, nil
		}
	}
	if u.opened {
		// The password has opened another entry, so it is not the password.
		return keys{}, fault.New(fault.Integrity, "zip.damaged", "entry", strconv.Quote(e.Name))
	}
	return keys{}, fault.New(fault.Integrity, "zip.password")
}

// authentic compares the tag of the whole ciphertext. One core does it: what
// another had read for it would have to be fetched from that core's cache.
func (u *unlocker) authentic(ctx context.Context, e *entry, macKey []byte) (bool, error) {
	mac := hmac.New(sha1.New, macKey)
	start, n := e.ciphertext()
	for done := int64(0); done < n; {
		if err := ctx.Err(); err != nil {
			return false, fmt.Errorf("checking the archive: %w", err)
		}
		b := u.buf[:min(n-done, chunk)]
		if _, err := u.src.ReadAt(b, start+done); err != nil {
			return false, readFault(err)
		}
		_, _ = mac.Write(b) // a hash does not fail
		done += int64(len(b))
	}
	tag := make([]byte, tagLen)
	if _, err := u.src.ReadAt(tag, start+n); err != nil && !errors.Is(err, io.EOF) {
		return false, readFault(err)
	}
	return subtle.ConstantTimeCompare(mac.Sum(nil)[:tagLen], tag) == 1, nil
}

// encrypted tells whether there is something to decrypt.
func (e *entry) encrypted() bool { return e.aes != aesField{} }

// ciphertext returns where an entry's ciphertext starts and its length.
func (e *entry) ciphertext() (start, length int64) {
	return e.offset + int64(e.aes.saltLen()) + verifierLen, e.compressed - e.aes.overhead()
}

func readFault(err error) error {
	return fault.Wrap(err, fault.Usage, "zip.read", "cause", err)
}
