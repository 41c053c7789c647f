package workflow

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"iplos/internal/crypt"
	"iplos/internal/crypt/password"
	"iplos/internal/finding"
)

// rehearse does all that Submit does but the network, and leaves nothing: the
// package is sealed in a folder that goes away, with a throwaway password,
// and with a throwaway key while the year's key is not there yet.
func (r *Run) rehearse(ctx context.Context, src Source, opts SubmitOptions, to destination, server string) (d *Delivery, err error) {
	folder, err := os.MkdirTemp("", "iplos-dry-run-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	keys, err := r.rehearsalKeys()
	if err != nil {
		return nil, err
	}
	view, err := r.readJournal()
	if err != nil {
		return nil, err
	}
	opts.SubmissionID = crypt.NewSubmissionID()
	opts.Output = filepath.Join(folder, crypt.PackageName(r.Config.Municipality, r.Config.District, r.Config.Year, opts.SubmissionID))
	pkg := &Package{Keys: keys.keys, password: password.Generate()}
	defer pkg.password.Wipe()
	begin := &sealing{run: r, src: src, opts: opts.SealOptions, to: keys.list, password: pkg.password}
	defer begin.abort()
	if pkg.Inspection, err = r.inspect(ctx, src, r.lastTotals(view), target{start: begin.start}); err != nil {
		return nil, err
	}
	if err := r.sealRehearsal(pkg, begin.sealer, opts); err != nil {
		return r.dryDelivery(pkg, server), err
	}
	d = r.dryDelivery(pkg, server)
	return d, r.notSentBefore(view, pkg, opts.SealOptions, to)
}

// sealRehearsal seals what may be sealed; the verdict is the error.
func (r *Run) sealRehearsal(pkg *Package, sealer crypt.Sealer, opts SubmitOptions) error {
	in := pkg.Inspection
	err := in.Err()
	if err != nil && (in.Verdict != finding.Incomplete || !opts.AcceptIncomplete) {
		return err
	}
	pkg.Sealed, err = sealer.Seal(in.Input)
	return err
}

func (r *Run) dryDelivery(pkg *Package, server string) *Delivery {
	d := r.newDelivery(pkg)
	d.State, d.Server, d.Package = "dry-run", r.Config.Sendemodul.URL, ""
	d.Plan.DryRun, d.Plan.Server, d.Plan.Package = true, server, ""
	for i := range d.Files {
		d.Files[i].State = "dry-run"
	}
	return d
}
