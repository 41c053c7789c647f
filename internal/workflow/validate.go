package workflow

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"

	"iplos/internal/atomicfile"
	"iplos/internal/fault"
	"iplos/internal/finding"
	"iplos/internal/journal"
	"iplos/internal/register"
	"iplos/internal/report"
	"iplos/internal/submit"
	"iplos/internal/ui/lang"
	"iplos/internal/validate"
)

// ValidateOptions say what to do with the findings.
type ValidateOptions struct {
	// Reports and Shareable are files to write, the format by their ending.
	Reports, Shareable []string
	Force              bool
	// Baseline is a file with the findings of an earlier run: compared with
	// and then replaced.
	Baseline string
	// FailOn is "", "blocked", "incomplete" or "new".
	FailOn          string
	MaxFindings     int
	SummaryOnly     bool
	ShowIdentifiers bool
	Printer         *lang.Printer
}

// Validate reads and checks an export. The report is complete also when the
// error says that the verdict is not ready; it is nil when the export could
// not be read.
func (r *Run) Validate(ctx context.Context, src Source, opts ValidateOptions) (*report.Report, error) {
	if err := checkTargets(src.Path, append(append([]string{}, opts.Reports...), opts.Shareable...), opts.Force); err != nil {
		return nil, err
	}
	src.KeepIdentities = opts.ShowIdentifiers
	base, err := r.loadBaseline(opts.Baseline)
	if err != nil {
		return nil, err
	}
	in, err := r.inspect(ctx, src, base.reference(), target{})
	if err != nil {
		return nil, err
	}
	rep := r.report(in, opts)
	var fresh *finding.Summary
	rep.Comparison, fresh = base.compare(in)
	if unreadable(in) {
		rep.Uncompared, rep.Previous, rep.PreviousYear = base.earlier != nil, nil, 0
	}
	if err := in.Findings.Err(); err != nil {
		return nil, err
	}
	if err := writeReports(rep, report.Formats(), opts.Reports, opts); err != nil {
		return nil, err
	}
	r.notePlain(opts.Reports...)
	if err := writeReports(rep, report.ShareableFormats(), opts.Shareable, opts); err != nil {
		return nil, err
	}
	if err := r.keep(in, base); err != nil {
		return nil, err
	}
	return rep, failOn(opts.FailOn, in, fresh)
}

// keep records that the export was checked, and this run's findings for the
// next.
func (r *Run) keep(in *Inspection, base *baseline) error {
	return r.journalled(journal.Validated, in, func(j *journal.Journal) error { return base.save(in, j) })
}

// note records what was done with an export, where there is a journal.
func (r *Run) note(t journal.Type, in *Inspection) error {
	return r.journalled(t, in, func(*journal.Journal) error { return nil })
}

// journalled records what was done with an export and then does the rest,
// with no journal where there is none to write to.
func (r *Run) journalled(t journal.Type, in *Inspection, rest func(*journal.Journal) error) error {
	return r.beside(func(j *journal.Journal) error {
		if j == nil {
			return rest(nil)
		}
		e, err := r.entryOf(t, in)
		if err == nil {
			err = j.Append(e)
		}
		if err == nil {
			err = rest(j)
		}
		return err
	})
}

// failOn turns the verdict into the failure the caller asked for.
func failOn(mode string, in *Inspection, fresh *finding.Summary) error {
	switch mode {
	case "blocked":
		if in.Verdict != finding.Blocked {
			return nil
		}
	case "new":
		if fresh == nil {
			return in.Err()
		}
		return verdict(fresh)
	}
	return in.Err()
}

// report puts an inspection in the form that every format renders.
func (r *Run) report(in *Inspection, opts ValidateOptions) *report.Report {
	rep := &report.Report{
		ToolVersion: strings.TrimPrefix(r.Tool, "iplos "), RulePack: in.RulePack, Input: in.Input,
		Municipality: in.Municipality, District: in.District, Year: in.Year,
		Verdict: in.Verdict, Findings: in.Findings, Totals: in.Totals, Previous: in.Previous.totals, PreviousYear: in.Previous.year, Place: in.Place,
		Account:     AccountLines(in.Account, opts.Printer),
		ServiceName: serviceName(opts.Printer),
		Limits:      report.Limits{MaxFindings: opts.MaxFindings, SummaryOnly: opts.SummaryOnly},
	}
	if f, ok := errors.AsType[*fault.Error](submit.Allowed(false, in.Year, false)); ok && in.Verdict != finding.Blocked {
		rep.NextStep = opts.Printer.T(f.ID, f.Args...) // it will not be sent from here
	}
	if r.Config.Translated() {
		rep.MunicipalitySet = r.Config.MunicipalitySet
	}
	if m, ok := register.InYear(in.Municipality, in.Year); ok {
		rep.MunicipalityName = m.Name
	}
	for _, o := range in.Overrides {
		rule, _ := validate.RuleByID(o.Rule)
		rep.Overrides = append(rep.Overrides, report.Override{Rule: o.Rule, From: &rule.Severity, To: o.Severity, Reason: o.Reason})
	}
	rep.Settings = r.ruleSettings(opts.Printer)
	if opts.ShowIdentifiers {
		rep.Identity = in.Identity
	}
	return rep
}

// ruleSettings are the settings, beside severities, that change what a rule
// finds.
func (r *Run) ruleSettings(p *lang.Printer) []report.Setting {
	var list []report.Setting
	rules, pack := r.Config.Rules, register.PackFor(r.Config.Year)
	if rules.Checksum == "2032" {
		list = append(list, report.Setting{Key: "rules.checksum", Value: rules.Checksum, Text: p.T("report.setting.checksum")})
	}
	if share := rules.StatChangeShare; share > 0 && share != pack.StatChangeShare {
		list = append(list, report.Setting{
			Key: "rules.stat_change_share", Value: strconv.FormatFloat(share, 'f', -1, 64),
			Text: p.T("report.setting.share", "share", percentText(p, share), "pack", percentText(p, pack.StatChangeShare)),
		})
	}
	return list
}

func percentText(p *lang.Printer, share float64) string {
	return p.Decimal(100*share, 1) + "\u00a0%"
}

// serviceName names service codes in the report's language.
func serviceName(p *lang.Printer) func(int) string {
	return func(code int) string {
		if s, ok := register.ServiceByCode(code); ok {
			return p.T(s.TextID())
		}
		return ""
	}
}

func writeReports(rep *report.Report, formats []report.Format, paths []string, opts ValidateOptions) error {
	for _, path := range paths {
		format, ok := report.ByPath(formats, path)
		if !ok {
			return fault.New(fault.Usage, "report.unknown-ending", "file", path)
		}
		// A file is for those who work with the findings: --summary-only is
		// about what is shown on the screen.
		whole := *rep
		whole.Limits.SummaryOnly = false
		write := func(w io.Writer) error { return format.Write(w, &whole, opts.Printer) }
		if err := atomicfile.Write(path, atomicfile.Options{Force: opts.Force}, write); err != nil {
			return err
		}
	}
	return nil
}
