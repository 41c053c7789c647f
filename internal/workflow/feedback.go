package workflow

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"iplos/internal/crypt/password"
	"iplos/internal/crypt/vault"
	"iplos/internal/feedback"
	"iplos/internal/feedback/moveit"
	"iplos/internal/httpx"
	"iplos/internal/journal"
	"iplos/internal/report"
	"iplos/internal/secret"
	"iplos/internal/ui/lang"
)

// ServerOptions say how to reach Filsluse.
type ServerOptions struct {
	// CAFile is trusted beside the configured one.
	CAFile string
}

// filsluse makes the client; it connects to nothing.
func (r *Run) filsluse(o ServerOptions) (*moveit.Client, error) {
	c := r.Config.Filsluse
	ca := c.CAFile
	if o.CAFile != "" {
		ca = o.CAFile
	}
	client, err := httpx.New(httpx.Options{
		CAFile: ca, Proxy: c.Proxy, Logger: r.Log, UserAgent: strings.ReplaceAll(r.Tool, " ", "/"),
		LoopbackOnly: httpx.IsLoopback(c.URL),
	})
	if err != nil {
		return nil, err
	}
	opts := moveit.Options{
		BaseURL: c.URL, HTTP: client, Now: r.Now,
		Rejected: feedback.NewRejected(r.Config.StateDir, r.folder()), Warn: r.Person.Warn,
	}
	if u, err := url.Parse(c.URL); err == nil {
		opts.AllowedHosts = []string{u.Hostname()}
	}
	return moveit.New(opts)
}

// FeedbackCheck asks, without signing in, whether the program can use the
// server.
func (r *Run) FeedbackCheck(ctx context.Context, o ServerOptions) (address string, status int, err error) {
	client, err := r.filsluse(o)
	if err != nil {
		return "", 0, err
	}
	status, err = client.Check(ctx)
	return client.URL(), status, err
}

// signedIn runs a job as the municipality's account: one password attempt,
// and signed out whatever happens.
func (r *Run) signedIn(ctx context.Context, o ServerOptions, job func(*moveit.Client) error) error {
	if err := r.Config.Require("municipality", "filsluse.username"); err != nil {
		return err
	}
	client, err := r.filsluse(o)
	if err != nil {
		return err
	}
	pass, err := r.filslusePassword().Read(ctx)
	if err != nil {
		return err
	}
	defer pass.Wipe()
	if err := client.SignIn(ctx, r.Config.Filsluse.Username, pass); err != nil {
		return err
	}
	defer client.SignOut(ctx)
	if id, args := client.Concern(ctx); id != "" {
		r.Person.Warn(id, args...)
	}
	return job(client)
}

// MayDeleteFeedback tells, before anybody is asked, whether a file was
// fetched here and verified, and what it is called. It warns when the file has
// left this machine: nobody here can see that it is safe elsewhere.
func (r *Run) MayDeleteFeedback(o ServerOptions, id string) (name string, err error) {
	client, err := r.filsluse(o)
	if err != nil {
		return "", err
	}
	e, err := feedback.MayDelete(r.folder(), client.URL(), id)
	if err != nil {
		return "", err
	}
	if !e.Here() {
		r.Person.Warn("feedback.delete.carried", "file", e.Path)
	}
	return e.Name, nil
}

// WaitingFile is a file on Filsluse, and about when SSB's server removes it:
// a date, empty when that is not known.
type WaitingFile struct {
	moveit.File
	Disappears string `json:"disappears,omitempty"`
	// Deletable is nil when the server does not say.
	Deletable *bool `json:"deletable,omitempty"`
}

// FeedbackList lists the files the account may fetch.
func (r *Run) FeedbackList(ctx context.Context, o ServerOptions) ([]WaitingFile, error) {
	list := []WaitingFile{} // a list in JSON, also when it is empty
	err := r.signedIn(ctx, o, func(c *moveit.Client) error {
		files, err := c.Files(ctx)
		if err != nil {
			return err
		}
		folders := map[int64]moveit.Folder{}
		for _, f := range files {
			folder, asked := folders[f.FolderID]
			if !asked {
				// Not every account may look; then the date is left out.
				folder, _ = c.Folder(ctx, f.FolderID)
				folders[f.FolderID] = folder
			}
			w := WaitingFile{File: f, Deletable: folder.Permission.Delete}
			if day, ok := folder.Disappears(f.Uploaded); ok {
				w.Disappears = day.Format(time.DateOnly)
			}
			list = append(list, w)
		}
		return nil
	})
	return list, err
}

// PullOptions say what to fetch.
type PullOptions struct {
	ServerOptions
	To       string
	All      bool
	Since    time.Time
	Progress func(name string, done, total int64)
}

// FeedbackPull fetches new files, each verified before it gets its name. A
// folder that cannot be used is noticed before the password is spent.
func (r *Run) FeedbackPull(ctx context.Context, o PullOptions) (*feedback.PullResult, error) {
	if err := feedback.CheckFolder(o.To); err != nil {
		return nil, err
	}
	var result *feedback.PullResult
	err := r.signedIn(ctx, o.ServerOptions, func(c *moveit.Client) error {
		var err error
		result, err = feedback.Pull(ctx, feedback.PullOptions{
			Source: c, StateDir: r.folder(), To: o.To, All: o.All, Since: o.Since,
			Progress: o.Progress, Now: r.Now, Tool: r.Tool,
		})
		return err
	})
	return result, err
}

// FeedbackDelete removes a file that was fetched and verified.
func (r *Run) FeedbackDelete(ctx context.Context, o ServerOptions, id string) error {
	return r.signedIn(ctx, o, func(c *moveit.Client) error {
		return feedback.DeletePulled(ctx, c, r.folder(), id)
	})
}

// passwords finds candidates for the archive's password: file, command,
// environment, vault, prompt, in that order.
type passwords struct {
	run   *Run
	found []secret.Value
	// submission is the one that a password belongs to, nil when the journal
	// has none; known tells that it has submissions to compare with.
	submission *journal.Submission
	known      bool
}

func (p *passwords) list(ctx context.Context) ([]secret.Value, error) {
	from := p.run.passwordSource()
	if from.Configured() || p.run.Config.Vault == "" {
		v, err := from.Read(ctx)
		if err != nil {
			return nil, err
		}
		p.found = append(p.found, v)
		return p.found, nil
	}
	passphrase, err := p.run.passphraseSource().Read(ctx)
	if err != nil {
		return nil, err
	}
	defer passphrase.Wipe()
	entries, err := vault.All(p.run.Config.Vault, passphrase)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		p.found = append(p.found, e.Password)
	}
	return p.found, nil
}

func (p *passwords) wipe() {
	for _, v := range p.found {
		v.Wipe()
	}
}

// VerifyPassword tells whether the feedback password that is configured, kept
// or typed is the one of a submission; an empty id is the newest.
func (r *Run) VerifyPassword(ctx context.Context, id string) (*journal.Submission, bool, error) {
	view, err := r.readJournal()
	if err != nil {
		return nil, false, err
	}
	s, err := r.submission(view, id)
	if err != nil {
		return nil, false, err
	}
	candidates := &passwords{run: r}
	defer candidates.wipe()
	list, err := candidates.list(ctx)
	if err != nil {
		return nil, false, err
	}
	for _, v := range list {
		ok, err := password.Verify(s.Verifier, v)
		if err != nil && !errors.Is(err, password.ErrVerifier) {
			return nil, false, err
		}
		if ok {
			return s, true, nil
		}
	}
	return s, false, nil
}

// WriteReports writes a report in the formats that the files' endings ask
// for.
func (r *Run) WriteReports(rep *report.Report, paths []string, force bool, p *lang.Printer) error {
	return writeReports(rep, report.Formats(), paths, ValidateOptions{Force: force, Printer: p})
}
