package workflow

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"

	"iplos/internal/atomicfile"
	"iplos/internal/crypt/keyfile"
	"iplos/internal/disk"
	"iplos/internal/fault"
	"iplos/internal/journal"
	"iplos/internal/submit"
)

func examineConfig(_ context.Context, r *Run) []Symptom {
	if r.Config.File == "" {
		return []Symptom{{Health: Ill, Detail: journal.Text{ID: "doctor.no-config"}, Advice: &journal.Text{ID: "doctor.no-config.advice"}}}
	}
	if err := r.Config.Require(r.Config.Needed()...); err != nil {
		return []Symptom{of(Ill, err)}
	}
	if _, err := r.Config.Overrides(); err != nil {
		return []Symptom{of(Ill, err)}
	}
	return []Symptom{good("doctor.config", "file", r.Config.File)}
}

// examineSecrets looks at where secrets are to come from, not at the secrets.
func examineSecrets(_ context.Context, r *Run) []Symptom {
	c := r.Config
	var all []Symptom
	files, commands := 0, 0
	for _, command := range []string{c.PINCommand, c.FeedbackPasswordCommand, c.VaultPassphraseCommand, c.Filsluse.PasswordCommand} {
		if command != "" {
			commands++
		}
	}
	for _, file := range []string{c.PINFile, c.FeedbackPasswordFile, c.VaultPassphraseFile, c.Filsluse.PasswordFile} {
		if file == "" {
			continue
		}
		files++
		info, err := os.Stat(file)
		switch {
		case err != nil:
			all = append(all, of(Ill, fault.Wrap(err, fault.Usage, "secret.file.missing", "file", file)))
		case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
			all = append(all, of(Ill, fault.New(fault.Usage, "secret.file.open", "file", file)))
		}
	}
	switch {
	case len(all) > 0:
	case files == 0 && commands == 0:
		all = append(all, good("doctor.secrets.asked"))
	case files == 0:
		all = append(all, good("doctor.secrets.commands", "count", commands))
	case runtime.GOOS == "windows":
		all = append(all, good("doctor.secrets.windows", "count", files))
	default:
		all = append(all, good("doctor.secrets", "count", files))
	}
	return all
}

func examineKeys(_ context.Context, r *Run) []Symptom {
	switch _, rehearsal, err := submit.Target(r.channelOptions(SubmitOptions{})); {
	case r.Config.Municipality == "":
		return unseen()
	case r.Config.Zone == string(Outside):
		return []Symptom{{Health: Unseen, Detail: journal.Text{ID: "doctor.key.outside"}}}
	case err == nil && !rehearsal && journal.Over(r.campaign(), r.Now()):
		return []Symptom{{Health: Unseen, Detail: journal.Text{ID: "doctor.key.over", Args: []any{"year", strconv.Itoa(r.Config.Year)}}}}
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
		all = append(all, good("doctor.key", "role", roleText(p.Role), "year", p.Year))
	}
	if _, err := store.Find(r.Config.Year, keyfile.Pseudonymiser); err != nil && len(pins) == 1 {
		all = append(all, Symptom{Health: Odd, Detail: journal.Text{ID: "doctor.single-key"}, Advice: &journal.Text{ID: "doctor.single-key.advice"}})
	}
	return all
}

// roleText is a key's role as a text's argument.
type roleText keyfile.Role

// CatalogTexts returns the id of the role's name.
func (r roleText) CatalogTexts() (ids []string, args []any) {
	return []string{"cli.key.role." + string(r)}, nil
}

// unseen is what a check says that needs to know the municipality.
func unseen() []Symptom {
	return []Symptom{{Health: Unseen, Detail: journal.Text{ID: "doctor.unseen"}}}
}

// examineJournal says where the journal is too: an account that keeps its
// state in its own folder cannot see what another has sent.
func examineJournal(_ context.Context, r *Run) []Symptom {
	if r.Config.Municipality == "" {
		return unseen()
	}
	view, err := r.readJournal()
	if err != nil {
		return []Symptom{of(Ill, err)}
	}
	all := []Symptom{good("doctor.journal", "count", len(view.Entries), "folder", r.folder())}
	for _, w := range r.JournalWarnings() {
		advice := journal.Text{ID: w.ID + ".hint", Args: w.Args}
		all = append(all, Symptom{Health: Odd, Detail: w, Advice: &advice, Later: w.ID == "journal.torn"})
	}
	if r.Config.Origin("state_dir").Kind == "default" {
		all = append(all, good("doctor.journal.own", "user", account()))
	}
	return all
}

// room is what a large municipality's package and temporary files may take.
const room = 2 << 30

// size is a number of bytes as a text's argument.
type size int64

// Bytes returns it for the reader's language to write.
func (s size) Bytes() int64 { return int64(s) }

// examineDisk looks at where packages are kept and where rehearsals and
// spilled rows pass.
func examineDisk(_ context.Context, r *Run) []Symptom {
	var all []Symptom
	state, temporary := existing(r.Config.StateDir), existing(os.TempDir())
	for _, folder := range slices.Compact([]string{state, temporary}) {
		free, ok := disk.Free(folder)
		switch {
		case !ok:
		case free < room:
			all = append(all, Symptom{
				Health: Odd, Detail: journal.Text{ID: "doctor.disk.small", Args: []any{"folder", folder, "free", size(free)}},
				Advice: &journal.Text{ID: "doctor.disk.small.advice"},
			})
		default:
			all = append(all, good("doctor.disk", "folder", folder, "free", size(free)))
		}
	}
	return all
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

// examinePermissions tries whether the program can write where it must, and
// looks at who else can read there.
func examinePermissions(_ context.Context, r *Run) []Symptom {
	if err := writable(existing(r.Config.StateDir)); err != nil {
		return []Symptom{{
			Health: Ill, Detail: journal.Text{ID: "doctor.permissions.write", Args: []any{"folder", r.Config.StateDir}},
			Advice: &journal.Text{ID: "doctor.permissions.write.advice"},
		}}
	}
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

func writable(folder string) error {
	f, err := os.CreateTemp(folder, "iplos-doctor-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// examineLeftovers lists readable files that should not stay, and what
// interrupted runs left.
func examineLeftovers(_ context.Context, r *Run) []Symptom {
	var all []Symptom
	for _, file := range r.Readable() {
		all = append(all, Symptom{
			Health: Odd, Detail: journal.Text{ID: "doctor.readable", Args: []any{"file", file}},
			Advice: &journal.Text{ID: "doctor.readable.advice"}, Later: true,
		})
	}
	temporaries, err := atomicfile.Leftovers(filepath.Join(r.folder(), "packages"))
	if err == nil {
		for _, file := range temporaries {
			all = append(all, Symptom{
				Health: Odd, Detail: journal.Text{ID: "doctor.temporary", Args: []any{"file", file}},
				Advice: &journal.Text{ID: "doctor.temporary.advice"}, Later: true,
			})
		}
	}
	all = append(all, neverSent(r)...)
	if len(all) == 0 {
		all = append(all, good("doctor.leftovers"))
	}
	return all
}

// neverSent lists the packages that lie there though another one was sent.
func neverSent(r *Run) []Symptom {
	status, err := r.Status()
	if err != nil {
		return nil // the journal's own check says so
	}
	var all []Symptom
	for _, s := range status.Superseded() {
		if !r.keeps(s) {
			continue
		}
		all = append(all, Symptom{
			Health: Odd, Detail: journal.Text{ID: "doctor.never-sent", Args: []any{"file", s.PackagePath}},
			Advice: &journal.Text{ID: "doctor.never-sent.advice"}, Later: true,
		})
	}
	return all
}
