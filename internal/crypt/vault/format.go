package vault

import (
	"bytes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/chacha20poly1305"

	"iplos/internal/secret"
)

func cipherOf(passphrase secret.Value, head []byte) (cipher.AEAD, error) {
	salt := head[len(magic) : len(magic)+saltSize]
	key := argon2.IDKey(passphrase.Reveal(), salt, timeCost, memoryKiB, threads, chacha20poly1305.KeySize)
	defer clear(key)
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, fmt.Errorf("opening the vault: %w", err)
	}
	return aead, nil
}

// encode writes a line for each entry: submission, seconds since 1970,
// password in base64. It is done by hand because encoding/json keeps its
// buffers, which could then not be wiped.
func encode(entries []Entry) []byte {
	size := 0
	for _, e := range entries {
		size += len(e.SubmissionID) + 24 + base64.StdEncoding.EncodedLen(e.Password.Len())
	}
	out := make([]byte, 0, size) // does not grow: no copy is left behind
	for _, e := range entries {
		out = append(out, e.SubmissionID...)
		out = append(out, '\t')
		out = strconv.AppendInt(out, e.At.Unix(), 10)
		out = append(out, '\t')
		out = base64.StdEncoding.AppendEncode(out, e.Password.Reveal())
		out = append(out, '\n')
	}
	return out
}

var errLine = errors.New("not a line of a vault")

func decode(plain []byte) ([]Entry, error) {
	var entries []Entry
	for len(plain) > 0 {
		line, rest, ok := bytes.Cut(plain, []byte{'\n'})
		fields := bytes.Split(line, []byte{'\t'})
		if !ok || len(fields) != 3 || !validID(string(fields[0])) {
			return nil, errLine
		}
		seconds, err := strconv.ParseInt(string(fields[1]), 10, 64)
		if err != nil {
			return nil, errLine
		}
		password := make([]byte, base64.StdEncoding.DecodedLen(len(fields[2])))
		n, err := base64.StdEncoding.Strict().Decode(password, fields[2])
		if err != nil {
			return nil, errLine
		}
		entries = append(entries, Entry{
			SubmissionID: string(fields[0]), At: time.Unix(seconds, 0), Password: secret.New(password[:n]),
		})
		plain = rest
	}
	return entries, nil
}

// validID keeps line and field ends out.
func validID(id string) bool {
	if id == "" || len(id) > 64 {
		return false
	}
	for _, c := range []byte(id) {
		if c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return true
}
