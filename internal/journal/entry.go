package journal

import (
	"encoding/json"
	"time"

	"iplos/internal/finding"
)

// Version is the version of the lines this program writes: 2 knows
// PackagePath, 3 Settings, 4 Feedback. It reads older ones and refuses a journal that
// holds a newer one.
const Version = 4

// Type says what an entry records.
type Type string

// The types of entries.
const (
	// Validated: an export was checked; verdict, counts and totals.
	Validated Type = "validated"
	// Extracted: a readable message was made of an export; what became of
	// everything read.
	Extracted Type = "extracted"
	// Sealed: a package was made; what was read and what was sealed.
	Sealed Type = "sealed"
	// Answered: what the user answered or accepted on the way.
	Answered Type = "answered"
	// Uploading: a file's upload begins. It is on disk before the first byte
	// leaves.
	Uploading Type = "uploading"
	// NotSent: an upload ended before the first byte of the file left.
	NotSent Type = "not-sent"
	// Uploaded: the server said that it has the file, or lists it.
	Uploaded Type = "uploaded"
	// Unknown: the server may or may not have the file.
	Unknown Type = "unknown"
	// Refused: the server said no.
	Refused Type = "refused"
	// Resend: the user asked to send again what may have arrived.
	Resend Type = "resend"
	// Recorded: the user says that files were uploaded in a browser.
	Recorded Type = "recorded-by-hand"
	// Receipt: SSB's e-mail came.
	Receipt Type = "receipt"
	// Feedback: SSB's feedback was opened; how much its lists found.
	Feedback Type = "feedback-opened"
	// Repaired: a torn last line was cut off.
	Repaired Type = "repaired"
)

// Types returns every type, for tests that compare texts with it.
func Types() []Type {
	return []Type{Validated, Extracted, Sealed, Answered, Uploading, NotSent, Uploaded, Unknown, Refused, Resend, Recorded, Receipt, Feedback, Repaired}
}

// Entry is one line of the journal. Append fills the first group; of the rest
// each type uses what it needs. Nothing here may hold an identity, a name of
// a person or a secret: hashes, counts, times and references only.
type Entry struct {
	Version      int       `json:"v"`
	Seq          int64     `json:"seq"`
	At           time.Time `json:"at"`
	Type         Type      `json:"type"`
	Municipality string    `json:"municipality"`
	User         string    `json:"user,omitempty"`
	Machine      string    `json:"machine,omitempty"`
	Tool         string    `json:"tool,omitempty"`

	District string `json:"district,omitempty"`
	// Year is the data year, Period the days the data are of
	// ("2017-01-01/2017-12-31").
	Year   int    `json:"year,omitempty"`
	Period string `json:"period,omitempty"`
	// Submission is the submission's random id; empty for Validated
	// and Extracted.
	Submission string `json:"submission,omitempty"`
	// Rehearsal marks a delivery to a loopback address. Rehearsals and real
	// deliveries are no duplicates of each other.
	Rehearsal bool `json:"rehearsal,omitempty"`
	// Synthetic marks a package with a synthetic person, which may only go to
	// a loopback address.
	Synthetic bool `json:"synthetic,omitempty"`
	// Package is the name of the package without its folder, PackagePath
	// where it lies.
	Package     string `json:"package,omitempty"`
	PackagePath string `json:"package_path,omitempty"`

	// Source is what was read; Content the hash of the message before link
	// ids and with iiLagetDato blank: what the duplicate guard compares;
	// Message the hash and size of what the sealed parts hold.
	Source     *finding.Input    `json:"source,omitempty"`
	Content    string            `json:"content_sha256,omitempty"`
	Message    *Digest           `json:"message,omitempty"`
	Totals     *finding.Totals   `json:"totals,omitempty"`
	Verdict    finding.Verdict   `json:"verdict,omitempty"`
	RulePack   string            `json:"rule_pack,omitempty"`
	BySeverity map[string]int    `json:"by_severity,omitempty"`
	ByRule     map[string]int    `json:"by_rule,omitempty"`
	Overrides  map[string]string `json:"overrides,omitempty"`
	Account    json.RawMessage   `json:"account,omitempty"`
	Keys       []Key             `json:"keys,omitempty"`
	Separation string            `json:"separation,omitempty"`
	Verifier   string            `json:"password_verifier,omitempty"`
	// Settings is a hash of all that a package was sealed with beside the
	// message: two with the same content and settings say the same.
	Settings string   `json:"settings_sha256,omitempty"`
	Files    []File   `json:"files,omitempty"`
	Answers  []Answer `json:"answers,omitempty"`

	// File is the name of the file an upload entry is about, or the archive's
	// that the feedback came in.
	File string `json:"file,omitempty"`
	// Server is where it went: scheme, host and path.
	Server string `json:"server,omitempty"`
	// Status is the HTTP status of the last response, 0 without one.
	Status int `json:"status,omitempty"`
	// Confirmation is the page's text, cleaned.
	Confirmation string `json:"confirmation,omitempty"`
	Reference    string `json:"reference,omitempty"`
	// Reason is a text id or an error class: why it was refused, not sent or
	// unknown, or the user's own words for Resend and Recorded.
	Reason string `json:"reason,omitempty"`
	// Happened is when the thing itself was, where that is not At: the time
	// in the receipt, the upload made by hand.
	Happened *time.Time `json:"happened,omitempty"`
	// Via is how a receipt was entered: "hand" or "eml".
	Via string `json:"via,omitempty"`
	// Bytes and SHA256 are of the torn bytes for Repaired, of the .eml file
	// for Receipt.
	Bytes  int64  `json:"bytes,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
	// Lists counts the error lists that were read of the feedback, BySeverity
	// what they said.
	Lists int `json:"lists,omitempty"`
}

// Digest is the hash and size of something, with its message version.
type Digest struct {
	SHA256  string `json:"sha256"`
	Bytes   int64  `json:"bytes"`
	Version string `json:"version,omitempty"`
}

// File is one file of a package.
type File struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Key is a public key the package was sealed for.
type Key struct {
	Role string `json:"role"`
	// SPKI is the SHA-256 of the key's SubjectPublicKeyInfo, hex.
	SPKI        string `json:"spki_sha256"`
	ConfirmedBy string `json:"confirmed_by,omitempty"`
}

// NotListed is the server's answer when it was asked for files that may have
// arrived and does not show them.
func NotListed() Answer { return Answer{Question: "server", Answer: "not-listed", By: "server"} }

// Answer is a question the user was asked, by its name ("accept-incomplete"),
// and the answer, with the way it was given.
type Answer struct {
	Question string `json:"question"`
	Answer   string `json:"answer"`
	// By is "terminal", "flag", "config" or "server".
	By string `json:"by,omitempty"`
}
