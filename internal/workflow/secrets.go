package workflow

import (
	"context"

	"iplos/internal/crypt/password"
	"iplos/internal/crypt/vault"
	"iplos/internal/fault"
	"iplos/internal/secret"
	"iplos/internal/secret/source"
	"iplos/internal/submit"
)

// prompt returns a question for a secret, nil where nobody is there.
func (r *Run) prompt(id string) func(context.Context) (secret.Value, error) {
	if !r.Person.Interactive() {
		return nil
	}
	return func(ctx context.Context) (secret.Value, error) { return r.Person.Secret(ctx, id) }
}

// from says where a secret is: flag over environment over file, as for every
// setting, and the question last.
func (r *Run) from(s source.Source, fileKey, commandKey string) source.Source {
	s.Variable = r.Variable
	if s.Env != "" && r.Variable != nil && r.Variable(s.Env) != "" {
		if r.Config.Origin(fileKey).Kind != "flag" {
			s.File = ""
		}
		if r.Config.Origin(commandKey).Kind != "flag" {
			s.Command = ""
		}
	}
	return s
}

func (r *Run) pinSource() source.Source {
	c := r.Config
	return r.from(source.Source{
		Name: "pin", File: c.PINFile, Command: c.PINCommand, Env: "IPLOS_PIN", Prompt: r.prompt("ask.pin"),
	}, "pin_file", "pin_command")
}

// askedForPIN tells that a person will type the PIN: last, when everything
// else is settled.
func (r *Run) askedForPIN() bool { return r.Person.Interactive() && !r.pinSource().Configured() }

// login gathers who delivers, the PIN last.
func (r *Run) login(ctx context.Context) (submit.Login, error) {
	c := r.Config
	pin, err := r.pinSource().Read(ctx)
	if err != nil {
		return submit.Login{}, err
	}
	return submit.Login{Municipality: c.Municipality, District: c.District, OrgNumber: c.OrganisationNumber, PIN: pin}, nil
}

func (r *Run) passwordSource() source.Source {
	c := r.Config
	return r.from(source.Source{
		Name: "feedback-password", File: c.FeedbackPasswordFile, Command: c.FeedbackPasswordCommand,
		Env: "IPLOS_FEEDBACK_PASSWORD", Prompt: r.prompt("ask.password"),
	}, "feedback_password_file", "feedback_password_command")
}

func (r *Run) passphraseSource() source.Source {
	c := r.Config
	return r.from(source.Source{
		Setting: "vault_passphrase", File: c.VaultPassphraseFile, Command: c.VaultPassphraseCommand,
		Env: "IPLOS_VAULT_PASSPHRASE", Prompt: r.prompt("ask.passphrase"),
	}, "vault_passphrase_file", "vault_passphrase_command")
}

func (r *Run) filslusePassword() source.Source {
	c := r.Config.Filsluse
	return r.from(source.Source{
		Name: "password", File: c.PasswordFile, Command: c.PasswordCommand,
		Env: "IPLOS_FILSLUSE_PASSWORD", Prompt: r.prompt("ask.feedback-password"),
	}, "filsluse.password_file", "filsluse.password_command")
}

// choosePassword settles the feedback password before anything is read: the
// one that is configured, else, with a person there to write it down, a new
// one. Where there is a vault, its passphrase is asked for now, not when the
// package is made and nothing may fail any more.
func (r *Run) choosePassword(ctx context.Context, pkg *Package) error {
	if err := r.takePassword(ctx, pkg); err != nil || r.Config.Vault == "" || pkg.throwaway {
		return err
	}
	from := r.passphraseSource()
	if !from.Configured() && !r.Person.Interactive() {
		// The password has a place of its own, or we would not be here.
		r.Person.Warn("send.vault-skipped", "vault", r.Config.Vault)
		return nil
	}
	if !from.Configured() && !vault.Exists(r.Config.Vault) {
		r.Person.Note("ask.passphrase-new", "vault", r.Config.Vault)
	}
	var err error
	if pkg.passphrase, err = from.Read(ctx); err != nil {
		return err
	}
	if err := vault.CheckPassphrase(r.Config.Vault, pkg.passphrase); err != nil {
		return err
	}
	if from.Configured() || vault.Exists(r.Config.Vault) {
		return nil
	}
	return r.typedTwice(ctx, pkg.passphrase)
}

// typedTwice asks for a new vault's passphrase once more: a slip of the
// finger would lock the vault for good.
func (r *Run) typedTwice(ctx context.Context, first secret.Value) error {
	again, err := r.Person.Secret(ctx, "ask.passphrase-again")
	if err != nil {
		return err
	}
	defer again.Wipe()
	if !first.Equal(again) {
		return fault.New(fault.Usage, "send.passphrase-differs")
	}
	return nil
}

func (r *Run) takePassword(ctx context.Context, pkg *Package) error {
	from := r.passwordSource()
	if !from.Configured() {
		if !r.Person.Interactive() && !pkg.throwaway {
			return from.None()
		}
		pkg.password, pkg.generated = password.Generate(), !pkg.throwaway
		return nil
	}
	var err error
	if pkg.password, err = from.Read(ctx); err != nil {
		return err
	}
	return password.Check(pkg.password)
}

// handOverPassword gives the person a generated password, once, and keeps it
// in the vault where there is one.
func (r *Run) handOverPassword(ctx context.Context, pkg *Package) error {
	if pkg.generated {
		// The one place where a secret is shown: on a terminal, to the person
		// who must write it down.
		r.Person.Warn("send.password", "password", string(pkg.password.Reveal()))
	}
	if !pkg.passphrase.IsZero() {
		err := vault.Put(r.Config.Vault, pkg.passphrase, vault.Entry{
			SubmissionID: pkg.Sealed.Manifest.SubmissionID, At: r.Now(), Password: pkg.password,
		})
		if err != nil {
			return err
		}
	}
	if !pkg.generated {
		return nil
	}
	// What comes next on the screen must not push it away.
	_, err := r.Person.Ask(ctx, "", "ask.password-written")
	return err
}
