package feedback

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"iplos/internal/fault"
	"iplos/internal/finding"
	"iplos/internal/ident"
	"iplos/internal/table"
)

// LearnOptions say what is read.
type LearnOptions struct {
	// Folder is what Open filled, Files what it listed.
	Folder string
	Files  []Content
	// Profile says which tables are error lists; nil is the sandbox's.
	Profile *table.Profile
	// Own are the findings of the file that was sent (finding.NewSent); nil
	// matches nothing.
	Own *finding.Baseline
	// Sink takes the findings read.
	Sink finding.Sink
}

// List is one error list that was read.
type List struct {
	File  string `json:"file"`
	Table string `json:"table"`
	Rows  int    `json:"rows"`
	// Same tells that a table of this name was read from another file first:
	// a list that comes both as CSV and as workbook counts once.
	Same bool `json:"same,omitempty"`
	// Hidden counts values that were dropped because they held an identity
	// number.
	Hidden int `json:"hidden,omitempty"`
}

// Learned is what the lists said.
type Learned struct {
	Lists   []List           `json:"lists"`
	Summary *finding.Summary `json:"-"`
	// Matches are sorted by rule; nil without own findings.
	Matches []finding.Match `json:"matches,omitempty"`
	// Titles are the lists' own words for a rule, where they are the same in
	// every row: what to call a control this program does not have.
	Titles map[string]string `json:"-"`
}

const (
	// maxListRows bounds what is read of one list.
	maxListRows = 5_000_000
	// maxRules bounds the rules that are told apart: what is counted by rule
	// stays small whatever a list holds. Rows of later ones are of unknownRule.
	maxRules    = 1000
	unknownRule = "?"
)

// learner reads lists into findings.
type learner struct {
	opts    LearnOptions
	profile *table.Profile
	seen    map[string]bool
	matcher *finding.Matcher
	titles  map[string]string // of every rule met, empty for none
	out     *Learned
}

// Learn reads every error list the profile knows. Files it does not know are
// left alone.
func Learn(ctx context.Context, opts LearnOptions) (*Learned, error) {
	l := &learner{opts: opts, profile: opts.Profile, seen: map[string]bool{}, titles: map[string]string{}, out: &Learned{Lists: []List{}, Summary: &finding.Summary{}}}
	if l.profile == nil {
		var err error
		if l.profile, err = SandboxProfile(); err != nil {
			return nil, err
		}
	}
	if opts.Own != nil {
		l.matcher = finding.NewMatcher(opts.Own)
	}
	root, err := os.OpenRoot(opts.Folder)
	if err != nil {
		return nil, fmt.Errorf("opening the feedback: %w", err)
	}
	defer root.Close() //nolint:errcheck // only read
	// CSV first: a workbook's list may be cut at what a sheet holds.
	for _, kind := range []Kind{KindCSV, KindText, KindXLSX} {
		for _, f := range opts.Files {
			if f.Kind != kind {
				continue
			}
			if err := l.file(ctx, root, f); err != nil {
				return nil, err
			}
		}
	}
	if l.matcher != nil {
		l.out.Matches = l.matcher.Result()
	}
	maps.DeleteFunc(l.titles, func(_, text string) bool { return text == "" })
	l.out.Titles = l.titles
	return l.out, nil
}

// file reads the lists of one file. Running text counts only when the profile
// names it: a list of one column looks like text.
func (l *learner) file(ctx context.Context, root *os.Root, f Content) (err error) {
	if f.Kind != KindXLSX && l.mapping(strings.TrimSuffix(path.Base(f.Name), path.Ext(f.Name))) == nil {
		return nil
	}
	src, err := root.Open(filepath.FromSlash(f.Name))
	if err != nil {
		return fmt.Errorf("opening the feedback: %w", err)
	}
	defer src.Close() //nolint:errcheck // only read
	var set *table.Set
	if f.Kind == KindXLSX {
		if set, err = table.OpenWorkbook(f.Name, src, f.Bytes); err != nil {
			return err
		}
	} else {
		set = table.OpenStream(f.Name, src)
	}
	defer func() { err = errors.Join(err, set.Close()) }()
	for _, t := range set.Tables {
		m := l.mapping(t.Name)
		if m == nil {
			continue
		}
		list := List{File: f.Name, Table: t.Name}
		if key := strings.ToLower(t.Name); l.seen[key] {
			list.Same = true
		} else {
			l.seen[key] = true
			err = l.list(ctx, t, m, &list)
		}
		l.out.Lists = append(l.out.Lists, list)
		if err != nil {
			return err
		}
	}
	return nil
}

func (l *learner) mapping(name string) *table.Mapping {
	for i := range l.profile.Tables {
		if l.profile.Tables[i].Matches(name) {
			return &l.profile.Tables[i]
		}
	}
	return nil
}

func (l *learner) list(ctx context.Context, t *table.Table, m *table.Mapping, list *List) (err error) {
	rows, err := t.Open(m.Format)
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	class := ListSchema().Class(m.Class)
	b, err := table.Bind(l.profile, m, class, t.File, rows.Columns(), rows.Info())
	if err != nil {
		return err
	}
	if len(b.Unfed) > 0 {
		return fault.New(fault.Usage, "feedback.learn.unfed", "file", shown(t.File), "fields", strings.Join(b.Unfed, ", "))
	}
	fields := b.Fields()
	var mapped table.Mapped
	for {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if list.Rows%1024 == 0 && ctx.Err() != nil {
			return fmt.Errorf("reading the feedback: %w", ctx.Err())
		}
		if b.Row(row, &mapped); mapped.Blank {
			continue
		}
		if list.Rows++; list.Rows > maxListRows {
			return fault.New(fault.Integrity, "feedback.learn.rows", "file", shown(t.File), "limit", maxListRows)
		}
		l.add(fields, mapped.Values, list)
	}
}

// add makes a row a finding. A value with an identity number is dropped or
// blotted out: SSB's lists are trusted as little as any input.
func (l *learner) add(fields []int, values [][]byte, list *List) {
	f := finding.Finding{Severity: finding.Warning, Message: "feedback.listed"}
	text := ""
	set := func(field int, v string) {
		if field != fieldMessage && ident.Contains(v) {
			list.Hidden++
			return
		}
		switch field {
		case fieldRule:
			f.Rule = v
		case fieldSeverity:
			if err := f.Severity.UnmarshalText([]byte(strings.ToLower(v))); err != nil {
				f.Severity = finding.Warning
			}
		case fieldClass:
			f.Class = v
		case fieldField:
			f.Field = v
		case fieldPerson:
			f.Person = v
		case fieldRow:
			f.Row = v
		case fieldLine:
			f.Line, _ = strconv.Atoi(v) // a line that is no number is no line
		case fieldMessage:
			text = ident.Redact(v)
			if text != v {
				list.Hidden++
			}
		}
	}
	for _, c := range l.profile.Header {
		if i := ListSchema()[0].Field(c.Field); i >= 0 && c.Constant != nil {
			set(i, *c.Constant)
		}
	}
	for i, v := range values {
		if len(v) > 0 {
			set(fields[i], clean(string(v)))
		}
	}
	if _, seen := l.titles[f.Rule]; f.Rule == "" || !seen && len(l.titles) >= maxRules {
		f.Rule = unknownRule
	}
	f.Args = []any{"text", text}
	l.title(f.Rule, text)
	l.out.Summary.Add(&f)
	if l.matcher != nil {
		l.matcher.Listed(&f)
	}
	if l.opts.Sink != nil {
		l.opts.Sink.Add(&f)
	}
}

// title keeps a rule's text as long as no row says something else.
func (l *learner) title(rule, text string) {
	if known, seen := l.titles[rule]; seen && known != text {
		text = ""
	}
	l.titles[rule] = text
}

// clean makes a value one line of a bounded length.
func clean(v string) string {
	const longest = 500
	v = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(v, "?"), func(r rune) bool { return r < ' ' || r == ' ' || r == 0x7f }), " ")
	if r := []rune(v); len(r) > longest {
		v = string(r[:longest]) + "…"
	}
	return v
}
