// Package source fetches secrets from where the user keeps them: a file, a
// program's output, the environment or a prompt. A secret is never a flag's
// value, is never logged, and passes through no shell.
package source

import (
	"bytes"
	"context"
	"os"
	"strings"

	"iplos/internal/fault"
	"iplos/internal/secret"
)

// maxSize bounds a secret; more is the wrong file.
const maxSize = 64 << 10

// Source says where a secret is. The first of File, Command, Env and Prompt
// that is set, and for Env found, is used.
type Source struct {
	// Name is the base of the flags ("pin": --pin-file, --pin-command), for
	// messages; empty for a secret that has none.
	Name string
	// Setting is the base of the settings of a secret that has no flags
	// ("vault_passphrase": vault_passphrase_file, vault_passphrase_command).
	Setting string
	// File is a path; a byte order mark and one trailing line end are not part
	// of the secret.
	File string
	// Command is a program and its arguments as [SplitCommand] reads them;
	// what it writes to standard output is the secret.
	Command string
	// Env names an environment variable.
	Env string
	// Variable reads the environment; nil is the process's own.
	Variable func(name string) string
	// Prompt asks the user; nil where nobody is there to ask.
	Prompt func(ctx context.Context) (secret.Value, error)
}

// Configured tells whether the secret can be had without asking.
func (s Source) Configured() bool {
	_, env := s.lookup()
	return s.File != "" || s.Command != "" || env
}

func (s Source) lookup() (string, bool) {
	if s.Env == "" {
		return "", false
	}
	read := s.Variable
	if read == nil {
		read = os.Getenv
	}
	text := read(s.Env)
	return text, text != ""
}

// Read fetches the secret. The errors are faults that name the source and
// never its content. Without any source it is the
// fault of [Source.None].
func (s Source) Read(ctx context.Context) (secret.Value, error) {
	switch text, env := s.lookup(); {
	case s.File != "":
		return FromFile(s.File)
	case s.Command != "":
		return FromCommand(ctx, s.Command)
	case env:
		return check([]byte(text), s.Env)
	case s.Prompt != nil:
		return s.Prompt(ctx)
	default:
		return secret.Value{}, s.None()
	}
}

// None is the fault that there is no source, with those there could be.
func (s Source) None() error {
	if s.Name == "" {
		return fault.New(fault.Usage, "secret.none-unflagged", "setting", s.Setting, "env", s.Env)
	}
	args := []any{"name", s.Name, "env", s.Env}
	switch s.Name {
	case "pin":
		return fault.New(fault.Usage, "secret.none.pin", args...)
	case "feedback-password":
		return fault.New(fault.Usage, "secret.none.feedback-password", args...)
	default: // Filsluse's
		return fault.New(fault.Usage, "secret.none", args...)
	}
}

// check takes ownership of a secret's bytes and refuses an empty one. Where
// names the source.
func check(b []byte, where string) (secret.Value, error) {
	if len(b) == 0 {
		return secret.Value{}, fault.New(fault.Usage, "secret.empty", "where", where)
	}
	return secret.New(b), nil
}

// trimLineEnd removes one LF, CR LF or CR at the end.
func trimLineEnd(b []byte) []byte {
	b = bytes.TrimSuffix(b, []byte("\n"))
	return bytes.TrimSuffix(b, []byte("\r"))
}

// SplitCommand splits a command line into a program and its arguments.
// Spaces part them; what stands in single or double quotes is one piece.
// There is no escape character, so that Windows paths stand as they are, and
// no variable, pattern or redirection. It returns false for an open quote.
func SplitCommand(line string) (argv []string, ok bool) {
	var word strings.Builder
	var quote rune
	inWord := false
	for _, c := range line {
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(c)
		case c == '\'' || c == '"':
			quote, inWord = c, true
		case c == ' ' || c == '\t':
			if inWord {
				argv = append(argv, word.String())
			}
			word.Reset()
			inWord = false
		default:
			word.WriteRune(c)
			inWord = true
		}
	}
	if inWord {
		argv = append(argv, word.String())
	}
	return argv, quote == 0
}
