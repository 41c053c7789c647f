package submit

import (
	"context"
	"strings"

	"iplos/internal/fault"
)

// ownName tells that a file's name holds the submission's id, so that a list
// that shows the name shows this file. The parts of a folder are called the
// same in every submission: an earlier one's must not pass for them.
func (v *visit) ownName(name string) bool {
	return v.cons.ID != "" && strings.Contains(name, v.cons.ID)
}

// askForDoubts looks for the files that may have arrived in the server's list
// of received files, and for the others too: what it lists is not sent,
// unless the user asks to send again what is known to have arrived.
func (v *visit) askForDoubts(ctx context.Context, entry *page) error {
	pages := []*page{v.home, entry}
	if v.inDoubt() {
		for i, l := range v.sameHost(append(v.home.linksFor(listWords()), entry.linksFor(listWords())...)) {
			if i == 4 {
				break
			}
			if p, err := v.browser.get(ctx, l.url); err == nil {
				pages = append(pages, p)
			}
		}
	}
	for i := range v.out.Files {
		r := &v.out.Files[i]
		for _, p := range pages {
			if !v.ownName(r.Name) || v.opts.Resend && !r.Doubt {
				break
			}
			segment := p.listing(r.Name, v.lexicon())
			if segment == "" || r.State == Uploaded {
				continue
			}
			r.State, r.Reason, r.Confirmation = Uploaded, "listed", bound(v.redact(segment), 500)
			r.Said = boundWords(r.Confirmation, maxSaid)
			r.Reference = v.redact(reference(segment, r.Name))
			if err := v.ended(*r); err != nil {
				return err
			}
		}
		if r.State == Unknown && v.opts.Resend {
			r.State, r.Reason = NotSent, ""
		}
	}
	if v.inDoubt() {
		return fault.New(fault.Unknown, "submit.doubt", "files", v.doubtful())
	}
	return nil
}

func (v *visit) inDoubt() bool { return v.doubtful() != "" }

func (v *visit) doubtful() string {
	var names []string
	for _, r := range v.out.Files {
		if r.State == Unknown {
			names = append(names, r.Name)
		}
	}
	return strings.Join(names, ", ")
}
