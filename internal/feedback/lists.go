package feedback

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"iplos/internal/fault"
	"iplos/internal/table"
)

// source gives a list from its beginning, each time it is called.
type source func() (*table.Table, error)

// file reads the lists of one file. Running text counts only when the profile
// names it: a list of one column looks like text.
func (l *learner) file(ctx context.Context, root *os.Root, f Content) (err error) {
	base := strings.TrimSuffix(path.Base(f.Name), path.Ext(f.Name))
	if f.Kind != KindXLSX && l.mapping(base) == nil {
		return nil
	}
	if !f.Kind.table() {
		l.noTable(f, base)
		return nil
	}
	src, err := root.Open(filepath.FromSlash(f.Name))
	if err != nil {
		return fmt.Errorf("opening the feedback: %w", err)
	}
	defer src.Close() //nolint:errcheck // only read
	if f.Kind == KindXLSX {
		return l.workbook(ctx, f, src, base)
	}
	again := func() (*table.Table, error) {
		_, err := src.Seek(0, io.SeekStart)
		return table.OpenStream(f.Name, src).Tables[0], err
	}
	return l.list(ctx, List{File: f.Name, Table: base}, again, true)
}

// workbook reads the sheets that are lists. Beside a file of the same name in
// another format one of them is the same list: the only one, or the one of
// that name.
func (l *learner) workbook(ctx context.Context, f Content, src io.ReaderAt, base string) (err error) {
	set, err := table.OpenWorkbook(f.Name, src, f.Bytes)
	if err != nil {
		l.unread(List{File: f.Name}, err)
		return nil
	}
	defer func() { err = errors.Join(err, set.Close()) }()
	lists := slices.DeleteFunc(slices.Clone(set.Tables), func(t *table.Table) bool { return l.mapping(t.Name) == nil })
	for _, t := range lists {
		mayBeSame := len(lists) == 1 || strings.EqualFold(t.Name, base)
		again := func() (*table.Table, error) { return t, nil }
		if err := l.list(ctx, List{File: f.Name, Table: t.Name}, again, mayBeSame); err != nil {
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

// noTable tells of a file that is called as a list and holds no table: a
// workbook cut short is no workbook any more.
func (l *learner) noTable(f Content, base string) {
	list := List{File: f.Name, Table: base}
	if other := l.whole[listKey(f.Name)]; other != "" {
		list.Same, list.SameAs = true, other
		l.out.Lists = append(l.out.Lists, list)
		return
	}
	l.unread(list, fault.New(fault.Usage, "feedback.learn.kind", "file", f.Name, "kind", string(f.Kind)))
}

// listKey is the same for the formats of one list: folder and base name.
func listKey(name string) string { return strings.ToLower(strings.TrimSuffix(name, path.Ext(name))) }

// list reads a list and counts what it says. It is gone through once to see
// that it can be read to its end: half a list would look like a whole one.
func (l *learner) list(ctx context.Context, list List, src source, mayBeSame bool) error {
	key := listKey(list.File)
	if other := l.whole[key]; mayBeSame && other != "" && other != list.File {
		list.Same, list.SameAs = true, other
		l.out.Lists = append(l.out.Lists, list)
		return nil
	}
	trial := list
	if err := l.rows(ctx, src, &trial, func([]int, [][]byte, *List) {}); err != nil {
		if ctx.Err() != nil {
			return err
		}
		l.unread(list, err)
		return nil
	}
	if err := l.rows(ctx, src, &list, l.add); err != nil {
		return err
	}
	l.whole[key] = cmp.Or(l.whole[key], list.File) // the first stays: a workbook has several
	l.out.Lists = append(l.out.Lists, list)
	return nil
}

// rows goes through a list.
func (l *learner) rows(ctx context.Context, src source, list *List, add func([]int, [][]byte, *List)) (err error) {
	t, err := src()
	if err != nil {
		return err
	}
	m := l.mapping(t.Name)
	rows, err := t.Open(m.Format)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	b, err := table.Bind(l.profile, m, ListSchema().Class(m.Class), t.File, rows.Columns(), rows.Info())
	if err != nil {
		return err
	}
	if len(b.Unfed) > 0 {
		return fault.New(fault.Usage, "feedback.learn.unfed", "file", t.File, "fields", strings.Join(b.Unfed, ", "))
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
		if list.Rows++; list.Rows > l.opts.MaxRows {
			return fault.New(fault.Usage, "feedback.learn.rows", "file", t.File, "limit", l.opts.MaxRows)
		}
		add(fields, mapped.Values, list)
	}
}

// unread puts a list among the others with why it was not read.
func (l *learner) unread(list List, err error) {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		f = fault.Wrap(err, fault.Usage, "feedback.learn.unreadable", "file", list.File)
	}
	list.Problem = &fault.Error{Kind: f.Kind, ID: f.ID, Args: f.Args, Err: f.Err}
	// What tables say of a column names a place in the profile, which the user
	// has not written; and their advice is about exports.
	switch f.ID {
	case "table.column.missing":
		list.Problem.ID = "feedback.learn.columns"
	case "table.column.twice":
		list.Problem.ID = "feedback.learn.twice"
	}
	list.Advice = advice(list.Problem.ID)
	l.out.Lists = append(l.out.Lists, list)
}

// advice is the text that says what to do about a list that was not read.
func advice(id string) string {
	switch id {
	case "table.damage.archive", "table.damage.sheet", "table.damage.formula", "table.damage.merged", "table.workbook.large":
		return "feedback.learn.workbook"
	}
	if strings.HasPrefix(id, "table.") {
		return "feedback.learn.describe"
	}
	return id + ".hint"
}
