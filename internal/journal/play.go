package journal

import (
	"slices"
	"time"
)

// derive plays the entries. running tells that a run holds the lock, so that
// an upload without an end is going on; otherwise its run was killed and its
// outcome is unknown.
func derive(entries []Entry, now time.Time, running bool) []*Submission {
	var order []*Submission
	byID := map[string]*Submission{}
	for i := range entries {
		e := &entries[i]
		if e.Submission == "" {
			continue
		}
		s := byID[e.Submission]
		if s == nil {
			s = &Submission{ID: e.Submission, Municipality: e.Municipality, District: e.District, Year: e.Year, Rehearsal: e.Rehearsal}
			byID[e.Submission] = s
			order = append(order, s)
		}
		s.play(e)
	}
	for _, s := range order {
		s.finish(now, running)
	}
	return order
}

func (s *Submission) play(e *Entry) {
	s.Lines = append(s.Lines, e.Seq)
	switch e.Type {
	case Sealed:
		s.playSealed(e)
	case Answered:
		s.playAnswered(e)
	case Uploading, NotSent, Uploaded, Unknown, Refused:
		s.playUpload(e)
	case Resend:
		// Once for a package, however many files it has.
		if a := (Answer{Question: "resend", Answer: e.Reason}); !slices.Contains(s.Answers, a) {
			s.Answers = append(s.Answers, a)
		}
	case Recorded:
		s.playRecorded(e)
	case Receipt:
		s.playReceipt(e)
	case Feedback:
		s.Feedback = &FeedbackInfo{At: e.At, Archive: e.File, Lists: e.Lists, line: e.Seq}
		for _, n := range e.BySeverity {
			s.Feedback.Findings += n
		}
	case Validated, Extracted, Repaired:
	}
}

// playAnswered takes up what a person answered; what the server did is no
// person's.
func (s *Submission) playAnswered(e *Entry) {
	for _, a := range e.Answers {
		if a == NotListed() {
			s.askedAt, s.askedLine = e.At, e.Seq
			continue
		}
		s.Answers = append(s.Answers, a)
	}
}

func (s *Submission) playSealed(e *Entry) {
	s.PackagePath = e.PackagePath
	s.Period, s.Package, s.Source, s.Content, s.Message = e.Period, e.Package, e.Source, e.Content, e.Message
	s.Totals, s.Verdict, s.RulePack, s.BySeverity = e.Totals, e.Verdict, e.RulePack, e.BySeverity
	s.Overrides, s.Settings = e.Overrides, e.Settings
	s.Keys, s.Separation, s.Verifier, s.Account = e.Keys, e.Separation, e.Verifier, e.Account
	s.District, s.Year, s.Rehearsal, s.Synthetic = e.District, e.Year, e.Rehearsal, e.Synthetic
	s.Answers = append(s.Answers, e.Answers...)
	s.SealedAt, s.User, s.Tool = e.At, e.User, e.Tool
	for _, f := range e.Files {
		if s.File(f.Name) == nil {
			s.Files = append(s.Files, FileState{File: f, State: StateSealed, At: e.At})
		}
	}
}

func (s *Submission) playUpload(e *Entry) {
	f := s.File(e.File)
	if f == nil {
		// A package that was sealed on another machine.
		s.Files = append(s.Files, FileState{File: File{Name: e.File, Bytes: e.Bytes, SHA256: e.SHA256}})
		f = &s.Files[len(s.Files)-1]
	}
	f.play(e)
	if e.PackagePath != "" {
		s.PackagePath = e.PackagePath
	}
	// Where it is sent decides whether it is a rehearsal, not where it was
	// sealed.
	s.Rehearsal = e.Rehearsal
	switch e.Type {
	case Uploading:
		s.Attempted, s.Server = true, e.Server
	case Uploaded, Unknown:
		s.Attempted = true
	default:
	}
	s.countSent()
	if e.Reference != "" {
		s.Reference = e.Reference
	}
	if e.Confirmation != "" {
		s.Confirmation = e.Confirmation
	}
}

// playReceipt takes up SSB's e-mail. One that completes an entry by hand says
// more of the same receipt: what had left by then is what it is for.
func (s *Submission) playReceipt(e *Entry) {
	s.Answers = append(s.Answers, e.Answers...)
	r := &ReceiptInfo{At: happened(e), Reference: e.Reference, Via: e.Via, EnteredAt: e.At, Mail: e.SHA256, sent: s.sentLine}
	if byHand := s.Receipt; byHand != nil {
		r.EnteredAt, r.sent = byHand.EnteredAt, byHand.sent
		if r.Reference == "" {
			r.Reference = byHand.Reference
		}
	}
	s.Receipt = r
}

// countSent finds the last upload that was not taken back.
func (s *Submission) countSent() {
	s.sentLine = 0
	for i := range s.Files {
		s.sentLine = max(s.sentLine, s.Files[i].line)
	}
}

// play takes up what an upload's line says of the file. An upload that did not
// deliver it takes nothing from what an earlier one did or may have done.
func (f *FileState) play(e *Entry) {
	before := *f
	f.begun, f.At, f.Reason, f.Confirmation = false, e.At, e.Reason, ""
	if e.Type == Uploading || f.line == 0 {
		f.line = e.Seq
	}
	switch e.Type {
	case Uploading:
		f.State, f.begun = StateUploading, true
		if before.State == StateUploaded || before.State == StateUnknown {
			f.earlier = &before
		}
	case Uploaded:
		f.State, f.Reference, f.earlier = StateUploaded, e.Reference, nil
	case Unknown:
		f.State, f.earlier = StateUnknown, nil
	case NotSent:
		f.State, f.line = StateSealed, 0
	case Refused:
		f.State, f.Confirmation = StateRefused, e.Confirmation
	default:
	}
	if (e.Type == NotSent || e.Type == Refused) && before.earlier != nil {
		*f = *before.earlier
	}
}

func (s *Submission) playRecorded(e *Entry) {
	for _, f := range e.Files {
		if s.File(f.Name) == nil {
			s.Files = append(s.Files, FileState{File: f})
		}
	}
	for i := range s.Files {
		f := &s.Files[i]
		if len(e.Files) > 0 && !hasFile(e.Files, f.Name) {
			continue
		}
		f.State, f.At, f.Reference, f.ByHand = StateUploaded, happened(e), e.Reference, true
		f.begun, f.earlier, f.line = false, nil, e.Seq
	}
	s.countSent()
	s.Attempted, s.Rehearsal = true, e.Rehearsal
	if e.Reference != "" {
		s.Reference = e.Reference
	}
	if e.PackagePath != "" {
		s.PackagePath = e.PackagePath
	}
	if s.Year == 0 {
		s.Year, s.District, s.Period = e.Year, e.District, e.Period
	}
}

func hasFile(files []File, name string) bool {
	for _, f := range files {
		if f.Name == name {
			return true
		}
	}
	return false
}

func happened(e *Entry) time.Time {
	if e.Happened != nil {
		return *e.Happened
	}
	return e.At
}

// finish sums the files up. The least certain state wins: one unknown file
// makes the submission unknown.
func (s *Submission) finish(now time.Time, running bool) {
	count := map[State]int{}
	for i := range s.Files {
		f := &s.Files[i]
		if f.begun && !running {
			f.State, f.Reason = StateUnknown, ReasonKilled
		}
		count[f.State]++
		if f.State == StateUploaded && f.At.After(s.UploadedAt) {
			s.UploadedAt = f.At
		}
	}
	all := len(s.Files) > 0 && count[StateUploaded] == len(s.Files)
	switch {
	case s.Receipt != nil:
		s.State = StateConfirmed
	case count[StateUnknown] > 0:
		s.State = StateUnknown
	case count[StateRefused] > 0:
		s.State = StateRefused
	case all:
		s.State = StateUploaded
	case count[StateUploading] > 0 || count[StateUploaded] > 0:
		s.State = StateUploading
	default:
		s.State = StateSealed
	}
	if !all && s.State != StateConfirmed {
		s.UploadedAt = time.Time{}
	}
	if last := s.lastArrival(); !last.IsZero() {
		s.ReceiptDue = ReceiptDue(last)
	}
	if s.State == StateUploaded && !now.IsZero() && now.After(s.ReceiptDue) {
		s.State = StateOverdue
	}
	s.confirmFiles()
}

// confirmFiles lets the receipt count for the files that had left when it was
// entered.
func (s *Submission) confirmFiles() {
	if s.Receipt == nil {
		return
	}
	for i := range s.Files {
		f := &s.Files[i]
		if (f.State == StateUploaded || f.State == StateUnknown) && !f.At.After(s.Receipt.EnteredAt) {
			f.State, f.Reason = StateConfirmed, ""
		}
	}
}

// lastArrival is when the last file arrived or may have arrived; zero while
// files are missing.
func (s *Submission) lastArrival() time.Time {
	var last time.Time
	for _, f := range s.Files {
		if f.State != StateUploaded && f.State != StateUnknown {
			return time.Time{}
		}
		if f.At.After(last) {
			last = f.At
		}
	}
	return last
}
