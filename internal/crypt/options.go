package crypt

import (
	"crypto/rsa"
	"io"

	"iplos/internal/crypt/cms"
	"iplos/internal/crypt/container"
	"iplos/internal/crypt/keyfile"
	"iplos/internal/crypt/parts"
	"iplos/internal/record"
	"iplos/internal/secret"
)

// Recipient is a key the package is sealed for.
type Recipient struct {
	Role keyfile.Role
	Key  *keyfile.Key
}

func (r Recipient) cms() cms.Recipient { return cms.RecipientOf(r.Key.Certificate, r.Key.Public) }

// Contact is the person responsible for the municipality's data.
type Contact struct {
	Name  string `json:"name"`
	Email string `json:"email"`
	Phone string `json:"phone"`
}

// Options say what a package shall be.
type Options struct {
	// Path is where the package shall appear; Package is tar or folder, and
	// when empty the path's ending decides.
	Path    string
	Package container.Kind
	// Force replaces a package of that name.
	Force bool
	// Envelope is a row of Envelopes, the first when empty.
	Envelope string
	// SubmissionID names the submission, from NewSubmissionID; a new one is
	// made when empty.
	SubmissionID string

	// Suite is cms.GCM when empty, Compression parts.Gzip.
	Suite       cms.Suite
	Compression parts.Compression
	// PartSize is the payload of a part in bytes, parts.DefaultSize when
	// zero.
	PartSize int
	// Recipients hold at least one register key. Without a pseudonymiser
	// key identities are sealed for the register.
	Recipients []Recipient

	// Profile is the profile the message is written in.
	Profile record.Profile

	// What the manifest says of the sender.
	DataYear           int
	Municipality       string
	District           string
	OrganisationNumber string
	Contact            Contact
	FeedbackPassword   secret.Value
	Tool               string

	// ExpectedBytes is the size of the source where it is known: the disk is
	// asked for room before work is spent.
	ExpectedBytes int64
	// OnWrite is called before each write of the package with its size, for
	// progress; an error stops the sealing.
	OnWrite func(bytes int) error
}

// OpenOptions say what to do with a package.
type OpenOptions struct {
	// Keys are private keys, of one or both roles.
	Keys []*rsa.PrivateKey
	// Message is where the message shall appear, Identities where the
	// identities as CSV; an empty one is not written.
	Message    string
	Identities string
	// Out takes the message in place of a file. What is written cannot be
	// taken back: the package is opened twice, and nothing is written before
	// all of it was found right.
	Out io.Writer
	// Force replaces files of those names.
	Force bool
}

func (o OpenOptions) wantsMessage() bool { return o.Message != "" || o.Out != nil }
