package workflow

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"iplos/internal/crypt"
	"iplos/internal/crypt/password"
	"iplos/internal/fault"
	"iplos/internal/finding"
	"iplos/internal/journal"
	"iplos/internal/secret/source"
	"iplos/internal/submit"
)

// dryRunState is the state of a delivery that was only rehearsed.
const dryRunState = "dry-run"

// rehearse does all that Submit does but the network, and leaves nothing: the
// package is sealed in a folder that goes away, with a throwaway password,
// and with a throwaway key while the year's key is not there yet.
func (r *Run) rehearse(ctx context.Context, src Source, opts SubmitOptions, to destination) (*Delivery, error) {
	view, err := r.readJournal()
	if err != nil {
		return nil, err
	}
	d, err := r.rehearsed(ctx, view, src, opts, to)
	if d == nil {
		return nil, err
	}
	d.State, d.Server = dryRunState, to.server
	d.Plan.DryRun, d.Plan.Rehearsal, d.Plan.Server = true, to.rehearsal, to.server
	for i := range d.Files {
		if d.Files[i].State == string(journal.StateSealed) {
			d.Files[i].State = dryRunState
		}
	}
	if err != nil {
		return d, err
	}
	r.warnWindow(to)
	r.warnSecrets()
	if opts.Show != nil {
		opts.Show(d.Plan)
	}
	return d, nil
}

func (r *Run) rehearsed(ctx context.Context, view *journal.View, src Source, opts SubmitOptions, to destination) (*Delivery, error) {
	if opts.Package == "" {
		return r.rehearseExport(ctx, view, src, opts, to)
	}
	t, err := r.takeUp(view, opts, to)
	if err != nil {
		return r.inTheWay(t), err
	}
	if err := submit.Allowed(to.rehearsal, t.submission.Year, t.submission.Synthetic); err != nil {
		return nil, err
	}
	return r.resumedDelivery(t.submission, t.path), nil
}

func (r *Run) rehearseExport(ctx context.Context, view *journal.View, src Source, opts SubmitOptions, to destination) (d *Delivery, err error) {
	folder, err := os.MkdirTemp("", "iplos-dry-run-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	keys, err := r.rehearsalKeys()
	if err != nil {
		return nil, err
	}
	if len(keys.list) == 1 && len(keys.keys) == 1 && !to.rehearsal {
		r.Person.Warn("send.single-key")
	}
	opts.SubmissionID = crypt.NewSubmissionID()
	opts.Output = filepath.Join(folder, crypt.PackageName(r.Config.Municipality, r.Config.District, r.Config.Year, opts.SubmissionID))
	pkg := &Package{Keys: keys.keys, password: password.Generate()}
	defer pkg.wipe()
	begin := &sealing{run: r, src: src, opts: opts.SealOptions, to: keys.list, password: pkg.password}
	defer begin.abort()
	ref, err := r.reference()
	if err != nil {
		return nil, err
	}
	if pkg.Inspection, err = r.inspect(ctx, src, ref, target{start: begin.start}); err != nil {
		return nil, err
	}
	if err := r.sealRehearsal(pkg, begin, opts, to); err != nil {
		return r.dryDelivery(pkg), err
	}
	err = r.notSentBefore(view, pkg, opts.SealOptions, to)
	return r.dryDelivery(pkg), err
}

// sealRehearsal seals what may be sealed; the verdict is the error. Nobody is
// asked: what would be asked is said.
func (r *Run) sealRehearsal(pkg *Package, begin *sealing, opts SubmitOptions, to destination) error {
	in := pkg.Inspection
	err := in.Err()
	if err != nil && (in.Verdict != finding.Incomplete || !opts.AcceptIncomplete) {
		return err
	}
	if submit.Allowed(to.rehearsal, in.Year, in.Synthetic > 0) != nil {
		r.Person.Warn("send.synthetic-dry-run")
	}
	pkg.Sealed, err = begin.sealer.Seal(in.Input)
	return err
}

// dryDelivery is a delivery whose package goes away.
func (r *Run) dryDelivery(pkg *Package) *Delivery {
	d := r.newDelivery(pkg)
	d.Package, d.Plan.Package = "", ""
	return d
}

// warnSecrets tells of files that sending is to take its secrets from and that
// cannot be read: the rehearsal itself needs none of them.
func (r *Run) warnSecrets() {
	sources := []source.Source{r.pinSource(), r.passwordSource()}
	if r.Config.Vault != "" {
		sources = append(sources, r.passphraseSource())
	}
	for _, s := range sources {
		if s.File == "" {
			continue
		}
		value, err := source.FromFile(s.File)
		value.Wipe()
		if f, ok := errors.AsType[*fault.Error](err); ok {
			r.Person.Warn("send.secret-unready", append([]any{"why", finding.TextID(f.ID)}, f.Args...)...)
		}
	}
}

// warnWindow says it when the receivers are not open.
func (r *Run) warnWindow(to destination) {
	if to.rehearsal {
		return
	}
	if w := journal.OutsideWindow(r.campaign(), r.Now()); w != nil {
		r.Person.Warn(w.ID, w.Args...)
	}
}
