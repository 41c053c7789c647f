package workflow

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"iplos/internal/atomicfile"
	"iplos/internal/crypt/keyfile"
	"iplos/internal/disk"
	"iplos/internal/fault"
	"iplos/internal/journal"
	"iplos/internal/netcheck"
)

// Health is how a check of `doctor` ended.
type Health string

// The outcomes of a check.
const (
	Good Health = "ok"
	// Odd deserves a look and stops nothing.
	Odd Health = "warning"
	// Ill must be put right before a submission.
	Ill Health = "failed"
)

// Symptom is what one check of `doctor` found: a text and, unless all is
// well, what to do. The clock's stands among the network's, whose probes look
// at it.
type Symptom struct {
	Check  string
	Health Health
	Detail journal.Text
	Advice *journal.Text
}

// examination is a row of the table of checks.
type examination struct {
	name string
	run  func(ctx context.Context, r *Run) []Symptom
}

func examinations() []examination {
	return []examination{
		{"config", examineConfig},
		{"secrets", examineSecrets},
		{"keys", examineKeys},
		{"journal", examineJournal},
		{"disk", examineDisk},
		{"permissions", examinePermissions},
		{"leftovers", examineLeftovers},
		{"network", examineNetwork},
	}
}

// DoctorChecks returns the names of the checks, in order.
func DoctorChecks() []string {
	var names []string
	for _, e := range examinations() {
		names = append(names, e.name)
	}
	return names
}

// Doctor runs every check that needs no submission, each to its end.
func (r *Run) Doctor(ctx context.Context) ([]Symptom, error) {
	var all []Symptom
	for _, e := range examinations() {
		for _, s := range e.run(ctx, r) {
			if s.Check == "" {
				s.Check = e.name
			}
			all = append(all, s)
		}
		if ctx.Err() != nil {
			return all, context.Cause(ctx)
		}
	}
	return all, nil
}

// FirstAdvice is the one thing to do next: of the most serious symptom, the
// first.
func FirstAdvice(all []Symptom) *journal.Text {
	for _, h := range []Health{Ill, Odd} {
		for _, s := range all {
			if s.Health == h && s.Advice != nil {
				return s.Advice
			}
		}
	}
	return nil
}

func good(id string, args ...any) Symptom {
	return Symptom{Health: Good, Detail: journal.Text{ID: id, Args: args}}
}

// of makes an error a symptom with the error's own text and hint.
func of(h Health, err error) Symptom {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		f = fault.Wrap(err, fault.Internal, "ui.internal", "cause", err.Error())
	}
	return Symptom{Health: h, Detail: journal.Text{ID: f.ID, Args: f.Args}, Advice: &journal.Text{ID: f.ID + ".hint", Args: f.Args}}
}

func examineConfig(_ context.Context, r *Run) []Symptom {
	if r.Config.File == "" {
		return []Symptom{{Health: Ill, Detail: journal.Text{ID: "doctor.no-config"}, Advice: &journal.Text{ID: "doctor.no-config.advice"}}}
	}
	if err := r.Config.Require("municipality", "organisation_number", "contact.email"); err != nil {
		return []Symptom{of(Ill, err)}
	}
	if _, err := r.Config.Overrides(); err != nil {
		return []Symptom{of(Ill, err)}
	}
	return []Symptom{good("doctor.config", "file", r.Config.File)}
}

// examineSecrets looks at where secrets are to come from, not at the secrets.
func examineSecrets(_ context.Context, r *Run) []Symptom {
	var all []Symptom
	for _, file := range []string{r.Config.PINFile, r.Config.FeedbackPasswordFile, r.Config.VaultPassphraseFile, r.Config.Filsluse.PasswordFile} {
		if file == "" {
			continue
		}
		info, err := os.Stat(file)
		switch {
		case err != nil:
			all = append(all, of(Ill, fault.Wrap(err, fault.Usage, "secret.file.missing", "file", file)))
		case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
			all = append(all, of(Ill, fault.New(fault.Usage, "secret.file.open", "file", file)))
		}
	}
	if len(all) == 0 {
		all = append(all, good("doctor.secrets"))
	}
	return all
}

func examineKeys(_ context.Context, r *Run) []Symptom {
	if r.Config.Municipality == "" {
		return nil
	}
	store, reminders, err := r.Keys()
	if err != nil {
		return []Symptom{of(Ill, err)}
	}
	var all []Symptom
	for _, c := range reminders {
		all = append(all, Symptom{Health: Odd, Detail: journal.Text{ID: c.ID, Args: c.Args}, Advice: &journal.Text{ID: "doctor.key.advice"}})
	}
	pins, _, err := r.VerifyKeys()
	if err != nil && len(reminders) == 0 {
		// Before 1 December there is no key to have.
		return []Symptom{of(Odd, err)}
	}
	for _, p := range pins {
		all = append(all, good("doctor.key", "role", string(p.Role), "year", p.Year))
	}
	if _, err := store.Find(r.Config.Year, keyfile.Pseudonymiser); err != nil && len(pins) == 1 {
		all = append(all, Symptom{Health: Odd, Detail: journal.Text{ID: "doctor.single-key"}, Advice: &journal.Text{ID: "doctor.single-key.advice"}})
	}
	return all
}

func examineJournal(_ context.Context, r *Run) []Symptom {
	if r.Config.Municipality == "" {
		return nil
	}
	view, err := r.readJournal()
	if err != nil {
		return []Symptom{of(Ill, err)}
	}
	return []Symptom{good("doctor.journal", "count", len(view.Entries))}
}

// room is what a large municipality's package and temporary files may take.
const room = 2 << 30

func examineDisk(_ context.Context, r *Run) []Symptom {
	folder := existing(r.Config.StateDir)
	free, ok := disk.Free(folder)
	switch {
	case !ok:
		return nil
	case free < room:
		return []Symptom{{
			Health: Odd, Detail: journal.Text{ID: "doctor.disk.small", Args: []any{"folder", folder, "free", free}},
			Advice: &journal.Text{ID: "doctor.disk.small.advice"},
		}}
	default:
		return []Symptom{good("doctor.disk", "folder", folder)}
	}
}

// existing is the nearest folder upwards that is there.
func existing(folder string) string {
	for {
		if _, err := os.Stat(folder); err == nil {
			return folder
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return folder
		}
		folder = parent
	}
}

func examinePermissions(_ context.Context, r *Run) []Symptom {
	if runtime.GOOS == "windows" {
		return []Symptom{good("doctor.permissions.windows")}
	}
	info, err := os.Stat(r.Config.StateDir)
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		return []Symptom{{
			Health: Odd, Detail: journal.Text{ID: "doctor.permissions.open", Args: []any{"folder", r.Config.StateDir}},
			Advice: &journal.Text{ID: "doctor.permissions.advice", Args: []any{"folder", r.Config.StateDir}},
		}}
	}
	return []Symptom{good("doctor.permissions")}
}

// examineLeftovers lists readable files that should not stay, and what
// interrupted runs left.
func examineLeftovers(_ context.Context, r *Run) []Symptom {
	var all []Symptom
	for _, file := range r.Readable() {
		all = append(all, Symptom{
			Health: Odd, Detail: journal.Text{ID: "doctor.readable", Args: []any{"file", file}},
			Advice: &journal.Text{ID: "doctor.readable.advice"},
		})
	}
	temporaries, err := atomicfile.Leftovers(filepath.Join(r.folder(), "packages"))
	if err == nil {
		for _, file := range temporaries {
			all = append(all, Symptom{
				Health: Odd, Detail: journal.Text{ID: "doctor.temporary", Args: []any{"file", file}},
				Advice: &journal.Text{ID: "doctor.temporary.advice"},
			})
		}
	}
	if len(all) == 0 {
		all = append(all, good("doctor.leftovers"))
	}
	return all
}

func examineNetwork(ctx context.Context, r *Run) []Symptom {
	var all []Symptom
	for _, t := range netcheck.Targets() {
		if r.Config.Zone != "" && !strings.EqualFold(string(t.Zone), r.Config.Zone) {
			continue
		}
		o := netcheck.Options{Target: t, Now: r.Now, URL: r.Config.Sendemodul.URL, Proxy: r.Config.Sendemodul.Proxy, CAFile: r.Config.Sendemodul.CAFile}
		if t.Name == "filsluse" {
			o.URL, o.Proxy, o.CAFile = r.Config.Filsluse.URL, r.Config.Filsluse.Proxy, r.Config.Filsluse.CAFile
		}
		result, err := netcheck.Run(ctx, o)
		if err != nil {
			all = append(all, of(Odd, err))
			continue
		}
		if len(all) == 0 {
			all = append(all, clockSymptoms(result.Step("clock"))...)
		}
		if step, failed := result.Failed(); failed {
			all = append(all, Symptom{
				Health: Odd, Detail: journal.Text{ID: "doctor.network.failed", Args: []any{"host", result.Host, "step", step.Name}},
				Advice: &journal.Text{ID: "doctor.network.advice", Args: []any{"target", t.Name}},
			})
			continue
		}
		all = append(all, good("doctor.network", "host", result.Host))
	}
	return all
}

// clockSymptoms is what the network's probes said of this machine's clock:
// certificates, deadlines and receipts depend on it.
func clockSymptoms(step netcheck.Step) []Symptom {
	var all []Symptom
	for i, w := range step.Warnings {
		s := Symptom{Check: "clock", Health: Odd, Detail: journal.Text{ID: w.ID, Args: w.Args}}
		if i < len(step.Advice) {
			s.Advice = &journal.Text{ID: step.Advice[i].ID, Args: step.Advice[i].Args}
		}
		all = append(all, s)
	}
	if len(all) == 0 && len(step.Detail) > 0 {
		all = append(all, Symptom{Check: "clock", Health: Good, Detail: journal.Text{ID: step.Detail[0].ID, Args: step.Detail[0].Args}})
	}
	return all
}
