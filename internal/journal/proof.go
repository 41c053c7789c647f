package journal

import (
	"time"

	"iplos/internal/finding"
)

// Proof ties one submission together on one page, for the archive: export →
// validated → sealed → sent → receipt. It holds no identity.
type Proof struct {
	Submission   string    `json:"submission_id"`
	Municipality string    `json:"municipality"`
	District     string    `json:"district"`
	Year         int       `json:"year"`
	Period       string    `json:"period,omitempty"`
	Rehearsal    bool      `json:"rehearsal"`
	State        State     `json:"state"`
	MadeAt       time.Time `json:"made_at"`

	Export    *finding.Input    `json:"export,omitempty"`
	Content   string            `json:"content_sha256,omitempty"`
	Message   *Digest           `json:"message,omitempty"`
	Totals    *finding.Totals   `json:"totals,omitempty"`
	Verdict   finding.Verdict   `json:"verdict,omitempty"`
	RulePack  string            `json:"rule_pack,omitempty"`
	Findings  map[string]int    `json:"findings,omitempty"`
	Overrides map[string]string `json:"overrides,omitempty"`
	Answers   []Answer          `json:"answers,omitempty"`

	Package    string      `json:"package,omitempty"`
	SealedAt   *time.Time  `json:"sealed_at,omitempty"`
	SealedBy   string      `json:"sealed_by,omitempty"`
	Tool       string      `json:"tool,omitempty"`
	Keys       []Key       `json:"keys,omitempty"`
	Separation string      `json:"separation,omitempty"`
	Files      []ProofFile `json:"files"`

	Server       string       `json:"server,omitempty"`
	Reference    string       `json:"reference,omitempty"`
	Confirmation string       `json:"confirmation,omitempty"`
	ReceiptDue   *time.Time   `json:"receipt_due,omitempty"`
	Receipt      *ReceiptInfo `json:"receipt,omitempty"`

	// Events are the journal's lines about it, in order. With the journal
	// they show that the page was not made up afterwards.
	Events []ProofEvent `json:"events"`
	// LastHash is the journal's last hash when the page was made: kept
	// elsewhere, it shows later that no line was cut off the end.
	LastHash string `json:"journal_hash"`
	Lines    int    `json:"journal_lines"`
}

// ProofFile is one file and what became of it.
type ProofFile struct {
	Name   string    `json:"name"`
	Bytes  int64     `json:"bytes"`
	SHA256 string    `json:"sha256"`
	State  State     `json:"state"`
	At     time.Time `json:"at"`
	ByHand bool      `json:"by_hand,omitempty"`
}

// ProofEvent is one line of the journal in short.
type ProofEvent struct {
	Line      int64     `json:"line"`
	At        time.Time `json:"at"`
	Type      Type      `json:"type"`
	File      string    `json:"file,omitempty"`
	Reference string    `json:"reference,omitempty"`
	User      string    `json:"user,omitempty"`
}

// Proof makes the page of one submission. The fault is that of Find.
func (v *View) Proof(id string, now time.Time) (*Proof, error) {
	s, err := v.Find(id, now)
	if err != nil {
		return nil, err
	}
	p := &Proof{
		Submission: s.ID, Municipality: s.Municipality, District: s.District, Year: s.Year, Period: s.Period, Rehearsal: s.Rehearsal,
		State: s.State, MadeAt: now,
		Export: s.Source, Content: s.Content, Message: s.Message, Totals: s.Totals, Verdict: s.Verdict, RulePack: s.RulePack,
		Findings: s.BySeverity, Overrides: s.Overrides, Answers: s.Answers,
		Package: s.Package, SealedAt: orNil(s.SealedAt), SealedBy: s.User, Tool: s.Tool, Keys: s.Keys, Separation: s.Separation,
		Server: s.Server, Reference: s.Reference, Confirmation: s.Confirmation, ReceiptDue: orNil(s.ReceiptDue), Receipt: s.Receipt,
		LastHash: v.LastHash, Lines: len(v.Entries),
	}
	for _, f := range s.Files {
		p.Files = append(p.Files, ProofFile{Name: f.Name, Bytes: f.Bytes, SHA256: f.SHA256, State: f.State, At: f.At, ByHand: f.ByHand})
	}
	for i := range v.Entries {
		if e := &v.Entries[i]; e.Submission == s.ID {
			p.Events = append(p.Events, ProofEvent{Line: e.Seq, At: e.At, Type: e.Type, File: e.File, Reference: e.Reference, User: e.User})
		}
	}
	return p, nil
}

func orNil(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
