package workflow

import (
	"os"
	"path/filepath"
	"strings"

	"iplos/internal/journal"
)

// JournalWarnings returns what is odd about the journal that is no fault: each
// text has a hint. One that cannot be read is a fault to whoever reads it.
func (r *Run) JournalWarnings() []journal.Text {
	view, err := r.readJournal()
	if err != nil {
		return nil
	}
	var warnings []journal.Text
	if gone := r.journalGone(view); gone != nil {
		warnings = append(warnings, *gone)
	}
	if view.Torn > 0 && view.Running == nil {
		warnings = append(warnings, journal.Text{ID: "journal.torn", Args: []any{"bytes", size(view.Torn)}})
	}
	return warnings
}

// journalGone tells that packages are kept and the journal knows of none: they
// were sealed here, and may have been sent.
func (r *Run) journalGone(view *journal.View) *journal.Text {
	if len(view.Submissions(r.Now())) > 0 || view.Running != nil {
		return nil
	}
	folder := filepath.Join(r.folder(), "packages")
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil // there are none, or the check of permissions says so
	}
	count := 0
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "iplos-") {
			count++
		}
	}
	if count == 0 {
		return nil
	}
	return &journal.Text{ID: "journal.gone", Args: []any{"municipality", view.Municipality, "folder", folder, "home", r.folder(), "count", count}}
}
