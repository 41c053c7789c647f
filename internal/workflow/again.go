package workflow

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"iplos/internal/crypt/password"
	"iplos/internal/journal"
	"iplos/internal/secret"
	"iplos/internal/submit"
)

// sealedBefore finds the package that an earlier run of `submit` sealed of
// the same file with the same settings and could not deliver, such as after a
// wrong PIN: one package, and one feedback password, is less to keep track of
// than two. It is nil where the new package is to be sent.
func (r *Run) sealedBefore(ctx context.Context, view *journal.View, pkg *Package, to destination) (*takenUp, error) {
	s := view.Unsent(r.planned(pkg, to), r.Now())
	if s == nil {
		return nil, nil //nolint:nilnil // nothing to take up and no error
	}
	t := &takenUp{path: r.packagePath(s.ID), submission: s}
	var err error
	if t.files, err = packageFiles(t.path); err != nil || !belongs(s, t.files) || !allIntact(t.files) {
		return nil, nil //nolint:nilnil,nilerr // deleted, damaged or kept elsewhere: the new one is whole
	}
	args := []any{"submission", s.ID, "date", s.SealedAt.In(journal.Oslo())}
	if pkg.generated {
		// Only the person knows whether the password was written down.
		yes, err := r.Person.Confirm(ctx, "ask.sealed-before", args...)
		if err != nil || !yes {
			return nil, err
		}
		return t, nil
	}
	if pkg.throwaway {
		r.Person.Note("send.sealed-before", args...)
		return t, nil
	}
	if same, err := password.Verify(s.Verifier, pkg.password); err != nil || !same {
		return nil, nil //nolint:nilnil,nilerr // it is sealed with another password
	}
	r.Person.Note("send.sealed-before", args...)
	return t, nil
}

// keeps tells that a package lies where `submit` keeps its own. What `encrypt`
// made may have been uploaded by hand, and is its maker's to delete.
func (r *Run) keeps(s *journal.Submission) bool {
	folder, err := filepath.Abs(filepath.Join(r.folder(), "packages"))
	if err != nil || filepath.Dir(s.PackagePath) != folder {
		return false
	}
	_, err = os.Stat(s.PackagePath)
	return err == nil
}

// noteNeverSent tells of earlier packages that a new one goes in the place of.
func (r *Run) noteNeverSent(j *journal.Journal, id string, to destination) {
	count := 0
	for _, s := range j.Submissions() {
		if s.ID != id && s.District == r.Config.District && s.Year == r.Config.Year && s.Rehearsal == to.rehearsal && !s.Sent() && r.keeps(s) {
			count++
		}
	}
	if count > 0 {
		r.Person.Note("send.never-sent", "count", count)
	}
}

// settingsOf is a hash of all that goes into a package, or was decided on the
// way to it, beside the message and the password itself.
func (r *Run) settingsOf(pkg *Package) string {
	in := pkg.Inspection
	o := r.sealerOptions(Source{}, SealOptions{}, nil, secret.Value{})
	return fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "%+v %+v %+v %s %t", o, pkg.Keys, in.Overrides, in.Verdict, pkg.generated)))
}

func allIntact(files []submit.File) bool {
	return !slices.ContainsFunc(files, func(f submit.File) bool { return !intact(f) })
}

// intact tells that a file has the bytes it was sealed with.
func intact(f submit.File) bool {
	hash, err := fileHash(f.Path)
	return err == nil && hash == f.SHA256
}

// fileHash is the SHA-256 of a file, in hex.
func fileHash(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	_, err = io.Copy(h, file)
	return fmt.Sprintf("%x", h.Sum(nil)), errors.Join(err, file.Close())
}
