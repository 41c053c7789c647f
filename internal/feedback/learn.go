package feedback

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
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
	// MaxRows is the most rows of one list; five million when zero.
	MaxRows int
}

// List is one error list that came. It is read whole or not at all.
type List struct {
	File string `json:"file"`
	// Table is the file's base name, or the sheet's; empty for a workbook that
	// cannot be opened.
	Table string `json:"table"`
	Rows  int    `json:"rows"`
	// Same tells that the list was read from another file, SameAs: one of the
	// same folder and base name in another format. It counts once.
	Same   bool   `json:"same,omitempty"`
	SameAs string `json:"same_as,omitempty"`
	// Hidden counts values that were dropped because they held an identity
	// number.
	Hidden int `json:"hidden,omitempty"`
	// Problem is why it was not read, and Advice the text that says what to do;
	// nil and empty for a list that was.
	Problem *fault.Error `json:"-"`
	Advice  string       `json:"-"`
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

// Read returns how many lists were read and counted.
func (l *Learned) Read() int {
	n := 0
	for i := range l.Lists {
		if !l.Lists[i].Same && l.Lists[i].Problem == nil {
			n++
		}
	}
	return n
}

const (
	// maxListRows bounds what is read of one list, where nothing else does.
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
	whole   map[string]string // the file each list was read from, by folder and base name
	matcher *finding.Matcher
	titles  map[string]string // of every rule met, empty for none
	out     *Learned
}

// Learn reads every error list the profile knows. Files it does not know are
// left alone, and a list that cannot be read is told of in its place: the
// others count all the same.
func Learn(ctx context.Context, opts LearnOptions) (*Learned, error) {
	l := &learner{opts: opts, profile: opts.Profile, whole: map[string]string{}, titles: map[string]string{}, out: &Learned{Lists: []List{}, Summary: &finding.Summary{}}}
	l.opts.MaxRows = cmp.Or(opts.MaxRows, maxListRows)
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
	for _, kind := range []Kind{KindCSV, KindText, KindXLSX, KindPDF, KindHTML, KindXML, KindEmpty, KindOther} {
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
