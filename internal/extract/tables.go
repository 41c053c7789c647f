package extract

import (
	"context"
	"errors"
	"slices"
	"strings"

	"iplos/internal/fault"
	"iplos/internal/finding"
	"iplos/internal/record"
	"iplos/internal/table"
)

// tables is an export of tables: read through a mapping profile, grouped by
// person, given out as persons.
type tables struct {
	ctx     context.Context //nolint:containedctx // the stream's own, see Open
	in      *input
	set     *table.Set
	opts    Options
	profil  *table.Profile
	ledger  *ledger
	head    record.Header
	prof    record.Profile
	year    int
	komnr   string
	open    []*openTable
	places  []tablePlace
	lines   int
	store   *store
	keys    *keyIndex
	state   []personState
	feeds   []*feed
	number  translator
	others  map[string]bool
	selects bool
	loaded  bool
}

// openTable is a table with its header read, and what it feeds.
type openTable struct {
	table *table.Table
	rows  table.Rows
	maps  []*table.Mapping
	feeds []*feed
}

// feed is one class that one table feeds.
type feed struct {
	index   int
	class   record.Class
	binding *table.Binding
	fields  []record.Field
	absent  []bool // the fields this version of the message does not have
	period  rowPeriod
	adds    bool
	repeats bool // a person's row may be repeated
}

// openTables returns the tables of an input as a source.
func openTables(ctx context.Context, in *input, o Options, l *ledger) (source, error) {
	profile, err := loadProfile(o.Profile)
	if err != nil {
		return nil, err
	}
	set, err := in.kind.tables(in)
	if err != nil {
		return nil, err
	}
	t := &tables{
		ctx: ctx, in: in, set: set, opts: o, profil: profile, ledger: l,
		store: newStore(o.MemoryBytes, o.TempDir), keys: newKeyIndex(),
	}
	if err := t.begin(); err != nil {
		if noMessage(err) {
			t.stop()
			return t, err
		}
		t.in = &input{} // the caller closes the input
		return nil, errors.Join(err, t.Close())
	}
	return t, nil
}

// begin matches tables and profile, makes the header and binds the columns.
func (t *tables) begin() error {
	if err := t.match(); err != nil {
		return err
	}
	if err := t.readHeader(); err != nil {
		return err
	}
	return t.bindAll()
}

// match finds the tables that the profile means, persons first.
func (t *tables) match() error {
	found := make([]bool, len(t.profil.Tables))
	for _, tab := range t.set.Tables {
		var maps []*table.Mapping
		for i := range t.profil.Tables {
			if m := &t.profil.Tables[i]; m.Matches(tab.Name) {
				found[i] = true
				maps = append(maps, m)
			}
		}
		if maps == nil {
			t.ledger.unused = append(t.ledger.unused, tab.File)
			continue
		}
		t.open = append(t.open, &openTable{table: tab, maps: maps})
	}
	var missing []string
	for i := range t.profil.Tables {
		if m := &t.profil.Tables[i]; !found[i] && !m.Optional {
			missing = append(missing, m.Table)
		}
	}
	if len(t.set.Tables) == 0 {
		return fault.New(fault.Usage, "extract.tables.none", "path", t.in.subject())
	}
	if len(missing) > 0 {
		return fault.New(fault.Usage, "extract.tables.missing", "path", t.in.object(), "tables", strings.Join(missing, ", "),
			"n", len(missing), "profile", t.profil.Name, "found", t.fileList())
	}
	t.sortOpen()
	return t.readColumns()
}

func (t *tables) fileList() string {
	var names []string
	for _, tab := range t.set.Tables {
		if names = append(names, tab.File); len(names) == 12 {
			names = append(names, "…")
			break
		}
	}
	return strings.Join(names, ", ")
}

// rank puts header tables first, then persons, what adds to them, and rows.
func rank(maps []*table.Mapping) int {
	best := 3
	for _, m := range maps {
		switch {
		case m.Class == record.Innhinfo.String(), m.Class == record.Kontakt.String():
			best = 0
		case m.Class == record.PersonRow.String() && !m.Adds:
			best = min(best, 1)
		case m.Class == record.PersonRow.String():
			best = min(best, 2)
		}
	}
	return best
}

func (t *tables) sortOpen() {
	var sorted []*openTable
	for r := range 4 {
		for _, o := range t.open {
			if rank(o.maps) == r {
				sorted = append(sorted, o)
			}
		}
	}
	t.open = sorted
}

// readColumns opens every table and reads its heading, so that a column that
// is missing is told before anything is read.
func (t *tables) readColumns() error {
	for _, o := range t.open {
		rows, err := o.table.Open(o.maps[0].Format)
		if err != nil {
			return t.readFault(err)
		}
		o.rows = rows
	}
	return nil
}

// readFault makes an error of the file itself a fault.
func (t *tables) readFault(err error) error {
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return err
	}
	return fault.Wrap(err, fault.Usage, "extract.input.unreadable", "path", t.in.object())
}

// bindAll finds the columns of every table that has rows of persons.
func (t *tables) bindAll() error {
	s := schema(&t.prof)
	for _, o := range t.open {
		for _, m := range o.maps {
			class := record.ClassByName(m.Class)
			if class == record.Innhinfo || class == record.Kontakt {
				continue
			}
			b, err := table.Bind(t.profil, m, s.Class(m.Class), o.table.File, o.rows.Columns(), o.rows.Info())
			if err != nil {
				return err
			}
			f := &feed{index: len(t.feeds), class: class, binding: b, fields: fieldsOf(b, class), adds: m.Adds, repeats: m.Distinct}
			f.period = newRowPeriod(dataYear(t.year), class, f.fields)
			t.selects = t.selects || b.Selects()
			t.feeds, o.feeds = append(t.feeds, f), append(o.feeds, f)
			t.noteColumns(o, f)
		}
	}
	t.noteUnfed()
	if len(t.feeds) > maxFeeds {
		return fault.New(fault.Usage, "extract.tables.many", "n", len(t.feeds), "limit", maxFeeds)
	}
	return nil
}

// maxFeeds is what a row's one byte for its feed can tell apart.
const maxFeeds = 255

// noteUnfed tells of fields that every row should have, and neither its own
// table nor one that adds to it feeds.
func (t *tables) noteUnfed() {
	for _, o := range t.open {
		for _, f := range o.feeds {
			for _, name := range f.binding.Unfed {
				field := record.FieldByName(f.class, name)
				if f.adds || field == record.PePeID || t.added(field) {
					continue // the key stands in for pePeID
				}
				t.ledger.note(Note{Code: NoteUnfed, Table: o.table.File, Class: f.class.String(), Field: name})
			}
		}
	}
}

// added tells whether some table adds the field to persons.
func (t *tables) added(field record.Field) bool {
	return slices.ContainsFunc(t.feeds, func(f *feed) bool { return f.adds && slices.Contains(f.fields, field) })
}

func (t *tables) noteColumns(o *openTable, f *feed) {
	if n := f.binding.Unmapped; n > 0 && len(o.maps) == 1 {
		t.ledger.note(Note{Code: NoteUnmapped, Table: o.table.File, Class: f.class.String(), Count: n})
	}
	f.absent = make([]bool, len(f.fields))
	for i, field := range f.fields {
		if f.absent[i] = t.prof.Cardinality(field) == record.Absent; f.absent[i] {
			t.ledger.note(Note{Code: NoteNotInMessage, Table: o.table.File, Class: f.class.String(), Field: field.Name()})
		}
	}
}

func (t *tables) header() *record.Header     { return &t.head }
func (t *tables) profile() record.Profile    { return t.prof }
func (t *tables) problems() []record.Problem { return nil }

func (t *tables) input() finding.Input {
	if !t.in.folder {
		return t.in.input()
	}
	return folderInput(t.in.path, t.set)
}

// Close releases the files and removes a spill.
func (t *tables) Close() error {
	errs := []error{t.store.close()}
	for _, o := range t.open {
		if o.rows != nil {
			errs = append(errs, o.rows.Close())
			o.rows = nil
		}
	}
	return errors.Join(append(errs, t.set.Close(), t.in.Close())...)
}
