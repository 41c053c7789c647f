package crypt

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"iplos/internal/crypt/container"
	"iplos/internal/crypt/keyfile"
	"iplos/internal/crypt/parts"
	"iplos/internal/secret"
)

// Separation says how identities and content are kept apart.
type Separation string

// The separations. Structural: separate files under one key, so that whoever
// holds it can join them.
const (
	Cryptographic Separation = "cryptographic"
	Structural    Separation = "structural"
)

// Period is the time the message is about, yyyymmdd as the header has it.
type Period struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// RecipientID names a key the package is sealed for.
type RecipientID struct {
	Role       keyfile.Role `json:"role"`
	SPKISHA256 string       `json:"spki_sha256"`
}

// Source says what the message was made from.
type Source struct {
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
}

// Message says what the parts hold when joined and unpacked.
type Message struct {
	Version string         `json:"version"`
	SHA256  string         `json:"sha256"`
	Bytes   int64          `json:"bytes"`
	Persons int            `json:"persons"`
	Rows    map[string]int `json:"rows"`
}

// Manifest is what a package says of itself, sealed for the register.
type Manifest struct {
	Format             string            `json:"format"`
	SubmissionID       string            `json:"submission_id"`
	DataYear           int               `json:"data_year"`
	Municipality       string            `json:"municipality"`
	District           string            `json:"district"`
	OrganisationNumber string            `json:"organisation_number"`
	Period             Period            `json:"period"`
	Contact            Contact           `json:"contact"`
	FeedbackPassword   secret.Value      `json:"feedback_password"`
	Tool               string            `json:"tool"`
	Separation         Separation        `json:"separation"`
	Recipients         []RecipientID     `json:"recipients"`
	Compression        parts.Compression `json:"compression"`
	Source             Source            `json:"source"`
	Message            Message           `json:"message"`
	Identity           container.Entry   `json:"identity"`
	Parts              []container.Entry `json:"parts"`
}

// encode returns the JSON with the password in it and room for sealing in
// place. encoding/json keeps its buffers: the password is put in afterwards,
// where secret.Value has left its mark, so that the caller's wipe is whole.
func (m *Manifest) encode(room int) ([]byte, error) {
	blank, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encoding the manifest: %w", err)
	}
	mark := []byte(`"feedback_password": "` + secret.Redacted + `"`)
	before, after, found := bytes.Cut(blank, mark)
	if !found || bytes.Contains(after, mark) {
		return nil, fmt.Errorf("encoding the manifest: no place for the password")
	}
	password := m.FeedbackPassword.Reveal()
	out := make([]byte, 0, len(blank)+6*len(password)+room) // no growth: no copy left behind
	out = append(out, before...)
	out = append(out, `"feedback_password": "`...)
	out = appendJSONText(out, password)
	out = append(out, '"')
	return append(out, after...), nil
}

// appendJSONText appends UTF-8 text as the inside of a JSON string.
func appendJSONText(dst, text []byte) []byte {
	for _, c := range text {
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < 0x20:
			dst = fmt.Appendf(dst, `\u%04x`, c)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// decodeManifest reads a manifest strictly: unknown keys and text after the
// end are refused.
func decodeManifest(data []byte) (*Manifest, error) {
	type plain Manifest // without the secret's own marshalling
	var wire struct {
		plain
		FeedbackPassword revealed `json:"feedback_password"`
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&wire); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("text after the manifest")
	}
	m := Manifest(wire.plain)
	m.FeedbackPassword = secret.New(wire.FeedbackPassword)
	return &m, nil
}

// revealed reads a JSON string into bytes that can be wiped.
type revealed []byte

func (r *revealed) UnmarshalText(text []byte) error {
	*r = bytes.Clone(text)
	return nil
}
