package workflow

import (
	"time"

	"iplos/internal/fault"
	"iplos/internal/finding"
	"iplos/internal/journal"
	"iplos/internal/register"
)

// Plan is what is about to be sent, on one screen.
type Plan struct {
	ConfigFile   string
	Municipality string
	Name         string
	District     string
	Year         int
	Server       string
	Rehearsal    bool
	DryRun       bool
	// Asks tells that nothing is to be sent: the server is asked about what
	// may have arrived.
	Asks       bool
	Package    string
	Bytes      int64
	Persons    int
	Verdict    finding.Verdict
	Summary    *finding.Summary
	Keys       []journal.Key
	Separation string
	Contact    string
}

// Delivery is the result of `submit`; its JSON is a contract.
type Delivery struct {
	SubmissionID string `json:"submission_id,omitempty"`
	// State is what the journal says of it, empty when nothing was sealed.
	State string `json:"-"`
	// Outcome is State in the words that scripts know, empty when nothing was
	// delivered and nobody said no.
	Outcome string `json:"state,omitempty"`
	// Earlier tells that it is not this run's: it stands in the way.
	Earlier      bool            `json:"-"`
	Verdict      finding.Verdict `json:"verdict"`
	Confirmation string          `json:"confirmation"`
	// Said is what matters of the page that answered, for people.
	Said      string          `json:"-"`
	Reference string          `json:"reference"`
	Files     []DeliveredFile `json:"files"`
	// ReceiptDue is when SSB's e-mail is due, empty until everything is
	// uploaded.
	ReceiptDue string `json:"receipt_due,omitempty"`
	Server     string `json:"server,omitempty"`
	Package    string `json:"package,omitempty"`

	// Plan is what was shown before sending.
	Plan *Plan `json:"-"`
	// Inspection is nil when a package was sent that was sealed before.
	Inspection *Inspection `json:"-"`
}

// DeliveredFile is one file of a Delivery.
type DeliveredFile struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	State  string `json:"state"`
}

// settled gives a delivery its outcome.
func settled(d *Delivery, err error) (*Delivery, error) {
	if d == nil {
		return nil, err
	}
	switch state := journal.State(d.State); {
	case state == dryRunState:
		d.Outcome = dryRunState
	case state == journal.StateUnknown || fault.KindOf(err) == fault.Unknown:
		d.Outcome = string(journal.StateUnknown)
	case state == journal.StateUploaded || state == journal.StateConfirmed || state == journal.StateOverdue:
		d.Outcome = string(journal.StateUploaded)
	case fault.KindOf(err) == fault.Refused:
		d.Outcome = string(journal.StateRefused)
	}
	return d, err
}

// earlierDelivery is the delivery of a submission that stands in the way of
// another; nil for none.
func (r *Run) earlierDelivery(s *journal.Submission) *Delivery {
	if s == nil {
		return nil
	}
	d := r.resumedDelivery(s, s.PackagePath)
	d.Earlier, d.Reference, d.Server = true, s.Reference, s.Server
	d.fill([]*journal.Submission{s})
	return d
}

// newDelivery says what sealing gave, nil when nothing was read.
func (r *Run) newDelivery(pkg *Package) *Delivery {
	if pkg == nil || pkg.Inspection == nil {
		return nil
	}
	in := pkg.Inspection
	if d := r.earlierDelivery(pkg.duplicate); d != nil {
		d.Inspection, d.Plan.Summary, d.Verdict = in, in.Summary(), in.Verdict
		return d
	}
	d := &Delivery{Verdict: in.Verdict, Inspection: in, Files: []DeliveredFile{}}
	d.Plan = &Plan{
		ConfigFile: r.Config.File, Municipality: in.Municipality, District: in.District, Year: in.Year,
		Persons: in.Totals.Persons, Verdict: in.Verdict, Summary: in.Summary(), Keys: pkg.Keys,
		Contact: r.Config.Contact.Email,
	}
	if m, ok := register.InYear(in.Municipality, in.Year); ok {
		d.Plan.Name = m.Name
	}
	if pkg.Sealed == nil {
		return d
	}
	d.State = string(journal.StateSealed)
	d.SubmissionID, d.Package = pkg.Sealed.Manifest.SubmissionID, pkg.Sealed.Path
	d.Plan.Package, d.Plan.Separation = pkg.Sealed.Path, string(pkg.Sealed.Manifest.Separation)
	for _, f := range pkg.Sealed.Files {
		d.Plan.Bytes += f.Bytes
		d.Files = append(d.Files, DeliveredFile{Name: f.Name, Bytes: f.Bytes, SHA256: f.SHA256, State: string(journal.StateSealed)})
	}
	return d
}

// fill takes the states from the journal, which is what the next run sees.
func (d *Delivery) fill(all []*journal.Submission) {
	for _, s := range all {
		if s.ID != d.SubmissionID {
			continue
		}
		d.State = string(s.State)
		if !s.ReceiptDue.IsZero() {
			d.ReceiptDue = s.ReceiptDue.Format(time.RFC3339)
		}
		for i := range d.Files {
			if f := s.File(d.Files[i].Name); f != nil {
				d.Files[i].State = string(f.State)
			}
		}
	}
}
