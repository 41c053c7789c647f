package main

import (
	"crypto/rsa"
	"os"

	"github.com/spf13/cobra"

	"iplos/internal/crypt"
	"iplos/internal/crypt/keyfile"
	"iplos/internal/fault"
	"iplos/internal/workflow"
)

func (a *app) newOpen() *cobra.Command {
	var o crypt.OpenOptions
	var keys []string
	cmd := a.command("open PACKAGE", "open", a.exactArgs("PACKAGE"), func(cmd *cobra.Command, args []string) error {
		if _, err := a.run(cmd, workflow.Secure); err != nil {
			return err
		}
		return a.runOpen(cmd, args[0], keys, o)
	})
	fs := cmd.Flags()
	fs.StringArrayVar(&keys, "key", nil, a.T("flag.key"))
	fs.StringVarP(&o.Message, "output", "o", "", a.T("flag.output-message"))
	fs.StringVar(&o.Identities, "identities", "", a.T("flag.identities"))
	fs.BoolVar(&o.Force, "force", false, a.T("flag.force"))
	return cmd
}

func (a *app) runOpen(cmd *cobra.Command, path string, keys []string, o crypt.OpenOptions) error {
	if len(keys) == 0 {
		return fault.New(fault.Usage, "cli.flag-missing", "command", cmd.CommandPath(), "flag", "key")
	}
	if o.Message == "" && o.Identities == "" {
		return fault.New(fault.Usage, "cli.flag-missing", "command", cmd.CommandPath(), "flag", "output")
	}
	if o.Identities == "-" {
		return fault.New(fault.Usage, "cli.bad-value", "flag", "identities", "value", "-", "allowed", "FILE")
	}
	if o.Message == "-" {
		if a.OutIsTerminal() {
			return fault.New(fault.Usage, "cli.person-data-to-terminal")
		}
		o.Message, o.Out = "", a.Out()
	}
	for _, file := range keys {
		key, err := readPrivate(file)
		if err != nil {
			return err
		}
		o.Keys = append(o.Keys, key)
	}
	opened, err := crypt.Open(cmd.Context(), path, o)
	if err != nil {
		return err
	}
	if o.Out != nil { // the message is the output
		a.Note("open.content", "submission", opened.Manifest.SubmissionID, "persons", opened.Manifest.Message.Persons, "sha256", opened.Manifest.Message.SHA256)
		a.Note("open.message", "file", "-", "sha256", opened.SHA256)
		return nil
	}
	value := map[string]any{"message": opened.Message, "identities": opened.Identities, "joined": opened.Joined, "identity_lines": opened.IdentityLines}
	if m := opened.Manifest; m != nil {
		value["submission_id"], value["persons"], value["sealed_sha256"] = m.SubmissionID, m.Message.Persons, m.Message.SHA256
	}
	if opened.Message != "" {
		value["sha256"] = opened.SHA256
	}
	return a.answer(value, func() {
		if m := opened.Manifest; m != nil {
			a.Say("open.content", "submission", m.SubmissionID, "persons", m.Message.Persons, "sha256", m.Message.SHA256)
		}
		if opened.Message != "" {
			a.Say("open.message", "file", opened.Message, "sha256", opened.SHA256)
		}
		if opened.Identities != "" {
			a.Say("open.identities", "count", opened.IdentityLines, "file", opened.Identities)
		}
		if opened.Joined {
			a.Say("open.joined")
		}
	}, nil)
}

func readPrivate(file string) (*rsa.PrivateKey, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	defer clear(data)
	return keyfile.ParsePrivate(data, file)
}
