package workflow

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"iplos/internal/atomicfile"
	"iplos/internal/crypt"
	"iplos/internal/journal"
	"iplos/internal/ui/lang"
)

// WriteProof writes the proof of a submission to a file.
func (r *Run) WriteProof(p *journal.Proof, path string, force bool, printer *lang.Printer) error {
	return atomicfile.Write(path, atomicfile.Options{Force: force}, func(w io.Writer) error {
		_, err := io.WriteString(w, ProofText(p, printer))
		return err
	})
}

// ProofText is the proof as one page of text.
func ProofText(p *journal.Proof, t *lang.Printer) string {
	var b strings.Builder
	heading := func(id string) { fmt.Fprintf(&b, "\n%s\n", t.T(id)) }
	line := func(id, value string) {
		if value != "" {
			fmt.Fprintf(&b, "  %-26s %s\n", t.T(id), value)
		}
	}
	when := func(at *time.Time) string {
		if at == nil {
			return ""
		}
		return t.DateTime(at.In(journal.Oslo()))
	}
	fmt.Fprintln(&b, t.T("proof.title", "submission", p.Submission))
	line("proof.municipality", p.Municipality+"-"+p.District)
	line("proof.year", fmt.Sprint(p.Year))
	line("proof.state", t.T(journal.StateText(p.State)))
	if p.Rehearsal {
		line("proof.rehearsal", t.T("proof.rehearsal-text"))
	}
	proofContent(&b, p, t, heading, line)
	heading("proof.sealed")
	line("proof.at", when(p.SealedAt))
	line("proof.by", p.SealedBy)
	line("proof.tool", p.Tool)
	line("proof.package", p.Package)
	for _, k := range p.Keys {
		line("plan.key."+k.Role, k.SPKI)
	}
	line("proof.separation", separationText(p.Separation, t))
	heading("proof.sent")
	line("proof.server", p.Server)
	for _, f := range p.Files {
		fmt.Fprintf(&b, "  %s\n    SHA-256 %s\n    %s, %s, %s\n", f.Name, f.SHA256, t.Bytes(f.Bytes), t.T(journal.StateText(f.State)), t.DateTime(f.At.In(journal.Oslo())))
	}
	line("proof.reference", p.Reference)
	heading("proof.received")
	if p.Receipt == nil {
		line("proof.due", when(p.ReceiptDue))
		fmt.Fprintf(&b, "  %s\n", t.T("proof.no-receipt"))
	} else {
		line("proof.at", when(&p.Receipt.At))
		line("proof.reference", p.Receipt.Reference)
	}
	heading("proof.journal")
	line("proof.hash", p.LastHash)
	line("proof.lines", t.Number(int64(p.Lines)))
	line("proof.made", when(&p.MadeAt))
	return b.String()
}

func proofContent(b *strings.Builder, p *journal.Proof, t *lang.Printer, heading func(string), line func(id, value string)) {
	heading("proof.export")
	if p.Export != nil {
		line("proof.file", p.Export.Path)
		line("proof.sha256", p.Export.SHA256)
		line("proof.bytes", t.Bytes(p.Export.Bytes))
	}
	if p.Totals != nil {
		line("proof.persons", t.Number(int64(p.Totals.Persons)))
	}
	heading("proof.validated")
	line("proof.rule-pack", p.RulePack)
	if p.Verdict != "" {
		line("proof.verdict", t.T("verdict."+string(p.Verdict)+".word"))
	}
	for _, severity := range []string{"error", "minimum", "warning", "info"} {
		if n := p.Findings[severity]; n > 0 {
			fmt.Fprintf(b, "  %-26s %s\n", t.T("report.severity."+severity), t.Number(int64(n)))
		}
	}
	for _, rule := range slices.Sorted(maps.Keys(p.Overrides)) {
		fmt.Fprintf(b, "  %-26s %s\n", rule, overrideText(p.Overrides[rule], t))
	}
	for _, a := range p.Answers {
		line(questionText(a.Question), answerText(a, t))
	}
}

// separationText says in words how identities and content are kept apart.
func separationText(separation string, t *lang.Printer) string {
	switch crypt.Separation(separation) {
	case crypt.Cryptographic:
		return t.T("seal.separation.cryptographic")
	case crypt.Structural:
		return t.T("seal.separation.structural")
	default:
		return separation
	}
}

// overrideText names the severity of an override, which the journal keeps as
// "severity: reason".
func overrideText(text string, t *lang.Printer) string {
	severity, reason, found := strings.Cut(text, ": ")
	if !found || !t.Has("report.severity."+severity) {
		return text
	}
	return t.T("report.severity."+severity) + ": " + reason
}

// questionText is the catalogue id of a question that was settled.
func questionText(question string) string {
	switch question {
	case "accept-incomplete":
		return "proof.question.incomplete"
	case "resend":
		return "proof.question.resend"
	case "receipt":
		return "proof.question.receipt"
	case singleRecipient:
		return "proof.question.single-key"
	default:
		return "proof.question.send"
	}
}

// answerText says what was answered, and how: a bare word is how.
func answerText(a journal.Answer, t *lang.Printer) string {
	answer, by := a.Answer, a.By
	if by == "" {
		answer, by = "yes", a.Answer
	}
	if answer == "yes" {
		answer = t.T("proof.yes")
	}
	how := ""
	switch by {
	case "flag":
		how = t.T("proof.by.flag")
	case "terminal":
		how = t.T("proof.by.terminal")
	case "config":
		how = t.T("proof.by.config")
	}
	if how == "" {
		return answer
	}
	return answer + " (" + how + ")"
}
