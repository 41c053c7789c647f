package workflow

import (
	"context"
	"errors"
	"io"
	"slices"

	"iplos/internal/atomicfile"
	"iplos/internal/extract"
	"iplos/internal/finding"
	"iplos/internal/journal"
	"iplos/internal/record"
	"iplos/internal/ui/lang"
)

// ExtractOptions say where the message goes.
type ExtractOptions struct {
	// Output is a file, or "-" for Out.
	Output string
	Out    io.Writer
	Force  bool
}

// Extract writes the message of the data year. Faults of the input are kept
// and counted, never repaired; only what is no message at all gives an error
// and no file.
func (r *Run) Extract(ctx context.Context, src Source, opts ExtractOptions) (*Inspection, error) {
	if err := checkTargets(src.Path, []string{opts.Output}, opts.Force); err != nil {
		return nil, err
	}
	out := &messageFile{opts: opts}
	defer out.abort()
	in, err := r.inspect(ctx, src, reference{}, target{start: out.start, whole: true, counts: true})
	if err != nil {
		return nil, err
	}
	if unreadable(in) {
		return in, in.Err()
	}
	if err := out.commit(); err != nil {
		return in, err
	}
	r.notePlain(opts.Output)
	return in, r.note(journal.Extracted, in)
}

// Describe looks at tables: what is there, what is mapped, what is missing.
// The comments of the profile it proposes are in the printer's language.
func (r *Run) Describe(ctx context.Context, src Source, p *lang.Printer) (*extract.Description, error) {
	o := r.extractOptions(src)
	o.Words = p.T
	return extract.Describe(ctx, o)
}

// unreadable tells that there is no message to write.
func unreadable(in *Inspection) bool {
	for rule, n := range in.Summary().ByRule {
		if n > 0 && Unreadable(rule) {
			return true
		}
	}
	return false
}

// Unreadable tells whether a finding of the rule means that there is no
// message: damage, an unknown version or nobody in it.
func Unreadable(rule string) bool {
	return slices.Contains([]string{"XML-SYNTAX", "FILE-UNREADABLE", "XML-VERSION", "NO-PERSONS"}, rule)
}

// messageFile writes a message that appears whole or not at all.
type messageFile struct {
	opts   ExtractOptions
	file   *atomicfile.File
	writer *record.Writer
}

func (m *messageFile) start(_ context.Context, p record.Profile) (consumer, error) {
	out := m.opts.Out
	if m.opts.Output != "-" {
		var err error
		if m.file, err = atomicfile.Create(m.opts.Output, atomicfile.Options{Force: m.opts.Force}); err != nil {
			return nil, err
		}
		out = m.file
	}
	m.writer = record.NewWriter(out, p)
	return m.writer, nil
}

func (m *messageFile) commit() error {
	if m.writer == nil {
		return errors.New("writing the message: nothing was read")
	}
	if err := m.writer.Close(); err != nil || m.file == nil {
		return err
	}
	return m.file.Commit()
}

func (m *messageFile) abort() {
	if m.file != nil {
		m.file.Abort()
	}
}

// Counts returns the number of findings by severity.
func (in *Inspection) Counts() map[string]int {
	counts := map[string]int{}
	for s, n := range in.Summary().BySeverity {
		counts[finding.Severity(s).String()] = n
	}
	return counts
}
