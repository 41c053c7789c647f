package workflow

import (
	"errors"

	"iplos/internal/fault"
	"iplos/internal/journal"
	"iplos/internal/submit"
)

// journalEvents writes what becomes of each upload: before its first byte and
// after its end.
type journalEvents struct {
	journal   *journal.Journal
	id        string
	year      int
	district  string
	rehearsal bool
	// resend tells that the user asked to send again what may have arrived.
	// It is recorded with each upload it leads to: until then a file is what
	// it was.
	resend bool
}

// Uploading implements submit.Events.
func (e *journalEvents) Uploading(files []submit.File, server string) error {
	for _, f := range files {
		if e.resend {
			if err := e.append(journal.Resend, f, journal.Entry{Reason: "flag"}); err != nil {
				return err
			}
		}
		if err := e.append(journal.Uploading, f, journal.Entry{Server: server}); err != nil {
			return err
		}
	}
	return nil
}

// Ended implements submit.Events.
func (e *journalEvents) Ended(f submit.FileResult, server string) error {
	types := map[submit.State]journal.Type{
		submit.NotSent: journal.NotSent, submit.Uploaded: journal.Uploaded,
		submit.Unknown: journal.Unknown, submit.Refused: journal.Refused,
	}
	err := e.append(types[f.State], f.File, journal.Entry{
		Server: server, Status: f.Status, Confirmation: f.Confirmation, Reference: f.Reference, Reason: f.Reason,
	})
	if err != nil && (f.State == submit.Uploaded || f.State == submit.Unknown) {
		// The next run will find an upload without an end.
		return fault.Wrap(err, fault.Unknown, "send.not-recorded", "file", f.Name)
	}
	return err
}

func (e *journalEvents) append(t journal.Type, f submit.File, entry journal.Entry) error {
	entry.Type, entry.Submission, entry.Year, entry.District, entry.Rehearsal = t, e.id, e.year, e.district, e.rehearsal
	entry.File, entry.Bytes, entry.SHA256 = f.Name, f.Bytes, f.SHA256
	return e.journal.Append(entry)
}

// noteAsked records that the server was asked for what may have arrived and
// does not show it, so that the next step is another.
func (r *Run) noteAsked(j *journal.Journal, cons submit.Consignment, to destination, err error) error {
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.ID != "submit.doubt" {
		return err
	}
	failed := j.Append(journal.Entry{
		Type: journal.Answered, Submission: cons.ID, District: r.Config.District, Year: cons.Year, Rehearsal: to.rehearsal,
		Answers: []journal.Answer{journal.NotListed()},
	})
	if failed != nil {
		return errors.Join(err, failed)
	}
	return err
}
