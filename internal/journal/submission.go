package journal

import (
	"time"

	"iplos/internal/finding"
)

// State is where a submission or one of its files stands. Uploaded is not
// received: only SSB's e-mail confirms.
type State string

// The states: a contract with users' scripts.
const (
	StateSealed    State = "sealed"
	StateUploading State = "uploading"
	StateUploaded  State = "uploaded"
	StateUnknown   State = "unknown"
	StateRefused   State = "refused"
	StateConfirmed State = "receipt-confirmed"
	StateOverdue   State = "receipt-overdue"
)

// States returns every state, for tests that compare texts with it.
func States() []State {
	return []State{StateSealed, StateUploading, StateUploaded, StateUnknown, StateRefused, StateConfirmed, StateOverdue}
}

// FileState is one file of a submission and what is known of it.
type FileState struct {
	File
	State State
	// At is when the state came about.
	At        time.Time
	Reference string
	Reason    string
	// Confirmation is the page's text where it refused the file.
	Confirmation string
	ByHand       bool

	// begun tells that an upload began and its end is not recorded.
	begun bool
	// earlier is what it was when an upload of it began again: it had arrived,
	// or may have.
	earlier *FileState
	// line is where the upload began that made it what it is, 0 without one.
	line int64
}

// Submission is what the journal's entries together say of one submission.
type Submission struct {
	ID           string
	Municipality string
	District     string
	Year         int
	Period       string
	Rehearsal    bool
	// Synthetic tells that the package holds a synthetic person.
	Synthetic bool
	// Package is the package's name, PackagePath where it lies; the path is
	// empty in lines of version 1.
	Package, PackagePath string
	State                State

	Source     *finding.Input
	Content    string
	Message    *Digest
	Totals     *finding.Totals
	Verdict    finding.Verdict
	RulePack   string
	BySeverity map[string]int
	Overrides  map[string]string
	Keys       []Key
	Separation string
	Verifier   string
	// Settings is empty in lines of version 1 and 2.
	Settings string
	Answers  []Answer
	Account  []byte
	User     string
	Tool     string

	Files []FileState
	// SealedAt, UploadedAt (when the last file arrived) and ReceiptDue are
	// zero until they are known.
	SealedAt, UploadedAt, ReceiptDue time.Time
	Server                           string
	Reference, Confirmation          string
	// Attempted tells that at least one upload began.
	Attempted bool
	// Receipt is nil until it came.
	Receipt *ReceiptInfo
	// Feedback is nil until it was opened here.
	Feedback *FeedbackInfo
	// Lines are the sequence numbers of the entries about it.
	Lines []int64
	// sentLine is that of the last upload's beginning, 0 before it. What is
	// learned of it later does not move it.
	sentLine int64
	// askedAt and askedLine are of the last time the server was asked for it
	// and did not show it.
	askedAt   time.Time
	askedLine int64
}

// ReceiptInfo is SSB's e-mail, as entered.
type ReceiptInfo struct {
	At        time.Time `json:"at"`
	Reference string    `json:"reference,omitempty"`
	Via       string    `json:"via,omitempty"`
	EnteredAt time.Time `json:"entered_at"`
	// Mail is the SHA-256 of the .eml file.
	Mail string `json:"mail_sha256,omitempty"`
	// sent is the line of the upload it answers.
	sent int64
}

// FeedbackInfo is SSB's feedback, as it was opened last.
type FeedbackInfo struct {
	At      time.Time `json:"at"`
	Archive string    `json:"archive"`
	// Lists counts the error lists that were read, Findings what they hold:
	// with none of the former, the latter says nothing.
	Lists    int `json:"lists"`
	Findings int `json:"findings"`
	// line is the entry's sequence number.
	line int64
}

// Sent tells whether the server has, or may have, something of it.
func (s *Submission) Sent() bool {
	for _, f := range s.Files {
		switch f.State {
		case StateUploading, StateUploaded, StateUnknown:
			return true
		default:
		}
	}
	return s.Receipt != nil
}

// File returns the file of that name, or nil.
func (s *Submission) File(name string) *FileState {
	for i := range s.Files {
		if s.Files[i].Name == name {
			return &s.Files[i]
		}
	}
	return nil
}
