package table

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"iplos/internal/fault"
)

func testSchema() Schema {
	return Schema{
		{Name: "HEAD", Header: true, Fields: []Field{{Name: "sys"}, {Name: "komnr", Width: 4}}},
		{Name: "ROW", Key: "rowKey", Fields: []Field{
			{Name: "day", Kind: Date, Required: true},
			{Name: "month", Kind: Month},
			{Name: "hours", Kind: Decimal},
			{Name: "komnr", Width: 4},
			{Name: "code"},
			{Name: "number", Kind: Number},
			{Name: "id", Kind: Number},
		}},
	}
}

func TestProfileFaults(t *testing.T) {
	const tables = "\ntables:\n  - table: t\n    class: ROW\n    fields:\n"
	tests := []struct{ name, in, id, says string }{
		{"empty", "", "table.profile.empty", ""},
		{"comment only", "# nothing\n", "table.profile.empty", ""},
		{"not yaml", "a: [1\nb: 2", "table.profile.yaml", "line"},
		{"a list", "- a\n", "table.profile.want-map", `line="1"`},
		{"unknown key, near", "tabels: []\n", "table.profile.unknown-key-like", `like="tables"`},
		{"unknown key, far", "xyzzyplugh: 1\n", "table.profile.unknown-key", `allowed="profile, about`},
		{"no tables", "profile: x\n", "table.profile.missing-key", `key="tables"`},
		{"tables empty", "tables: []\n", "table.profile.want-list", `key="tables"`},
		{"no class", "tables:\n  - table: t\n", "table.profile.missing-key", `key="class"`},
		{"no table", "tables:\n  - class: ROW\n", "table.profile.missing-key", `key="table"`},
		{"unknown class", "tables:\n  - table: t\n    class: RWO\n", "table.profile.bad-value", `allowed="HEAD, ROW"`},
		{"no fields", "tables:\n  - table: t\n    class: ROW\n", "table.profile.missing-key", `key="fields"`},
		{"unknown field", tables + "      dya: X\n", "table.profile.unknown-key-like", `line="6" key="dya" like="day"`},
		{"unknown field key", tables + "      day: {colum: X}\n", "table.profile.unknown-key-like", `like="column"`},
		{"two sources", tables + "      day: {column: X, constant: y}\n", "table.profile.field-source", `line="6" field="day"`},
		{"no source", tables + "      day: {pad: 4}\n", "table.profile.field-source", `field="day"`},
		{"no column", tables + "      day:\n", "table.profile.field-source", `field="day"`},
		{"twice", tables + "      day: X\n      day: Y\n", "table.profile.twice", `line="7" key="day"`},
		{"two-digit year", tables + "      day: {column: X, date: dd.mm.yy}\n", "table.profile.date", `value="dd.mm.yy"`},
		{"no month", tables + "      day: {column: X, date: dd.yyyy}\n", "table.profile.date", ""},
		{"alias", "tables: &a\n  - table: t\n    class: ROW\n    fields: {day: X}\ndefaults: *a\n", "table.profile.alias", `line="5"`},
		{"merge key", tables + "      <<: {day: X}\n", "table.profile.alias", ""},
		{"bad encoding", "defaults: {encoding: utf-9}" + tables + "      day: X\n", "table.profile.bad-value", `value="utf-9"`},
		{"bad delimiter", "defaults: {delimiter: ab}" + tables + "      day: X\n", "table.profile.bad-value", `key="delimiter"`},
		{"bad quote", "defaults: {quote: ab}" + tables + "      day: X\n", "table.profile.bad-value", `key="quote"`},
		{"bad number", "defaults: {skip_rows: -1}" + tables + "      day: X\n", "table.profile.bad-value", `key="skip_rows"`},
		{"bad boolean", "defaults: {short_rows: maybe}" + tables + "      day: X\n", "table.profile.bad-value", `key="short_rows"`},
		{"bad pattern", "tables:\n  - table: \"[\"\n    class: ROW\n    by_name: true\n", "table.profile.bad-value", `key="table"`},
		{"header field", "header: {kmnr: 1}" + tables + "      day: X\n", "table.profile.unknown-key-like", `like="komnr"`},
		{"nested text", "profile: {a: b}" + tables + "      day: X\n", "table.profile.want-text", ""},
		{"large", "profile: x" + strings.Repeat(" ", maxProfile), "table.profile.large", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ReadProfile("p.yaml", []byte(tt.in), testSchema())
			var f *fault.Error
			if !errors.As(err, &f) || f.ID != tt.id || f.Kind != fault.Usage || !strings.Contains(f.Error(), tt.says) {
				t.Errorf("got %v, want %s with %s", err, tt.id, tt.says)
			}
		})
	}
}

// bindText binds a profile's first table to CSV text and maps the rows.
func bindText(t *testing.T, profile, text string) (*Binding, []string) {
	t.Helper()
	p, err := ReadProfile("p.yaml", []byte(profile), testSchema())
	if err != nil {
		t.Fatal(err)
	}
	m := &p.Tables[0]
	rows, err := OpenCSV("t.csv", strings.NewReader(text), nil, m.Format)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Bind(p, m, testSchema().Class(m.Class), "t.csv", rows.Columns(), rows.Info())
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	var row Mapped
	for {
		cells, err := rows.Next()
		if err != nil {
			break
		}
		b.Row(cells, &row)
		s := fmt.Sprintf("%d %s:", rows.Line(), row.Key)
		for i, v := range row.Values {
			if v != nil {
				s += fmt.Sprintf(" %s=%s", b.Class.Fields[b.Fields()[i]].Name, v)
			}
		}
		if row.Changes != [NumChanges]uint8{} {
			s += fmt.Sprint(" ", row.Changes)
		}
		out = append(out, s)
	}
	return b, out
}

func TestBinding(t *testing.T) {
	tests := []struct{ name, profile, text, want string }{
		{
			"by name, any case", "tables: [{table: t, class: ROW, by_name: true}]",
			"ROWKEY;Day;hours\n1;20170102;3,5\n", "2 1: day=20170102 hours=3.5 [0 1 0 0]",
		},
		{
			"renamed, dates", "tables: [{table: t, class: ROW, key: K, fields: {day: Dato, month: Måned}}]",
			"K;Dato;Måned\n1;02.01.2017;201702\n2;2.1.2017;2017-02-01\n3;2017-01-02T00:00:00;01.02.2017\n4;i går;x\n5;2017-01-02 08:00;\n",
			"2 1: day=20170102 month=201702 [1 0 0 0]|3 2: day=20170102 month=201702 [2 0 0 0]|4 3: day=20170102 month=201702 [2 0 0 0]|5 4: day=i går month=x|6 5: day=20170102 [1 0 0 0]",
		},
		{
			"own date format", "tables: [{table: t, class: ROW, key: K, fields: {day: {column: D, date: [mm/dd/yyyy, excel]}, month: {column: M, date: mm.yyyy}}}]",
			"K,D,M\n1,12/31/2017,02.2017\n2,43100,x\n", "2 1: day=20171231 month=201702 [2 0 0 0]|3 2: day=20171231 month=x [1 0 0 0]",
		},
		{
			"codes, constants", "tables: [{table: t, class: ROW, key: K, fields: {code: {column: C, codes: {Ja: 1, Nei: \"2\", Ukjent: \"\"}}, number: {constant: 07}}}]",
			"K;C\n1;Ja\n2;Nei\n3;Kanskje\n4;Ukjent\n", "2 1: code=1 number=07 [0 0 1 0]|3 2: code=2 number=07 [0 0 1 0]|4 3: code=Kanskje number=07|5 4: number=07 [0 0 1 0]",
		},
		{
			"pad", "tables: [{table: t, class: ROW, key: K, fields: {komnr: {column: C, pad: 4}}}]",
			"K;C\n1;403\n2;0301\n3;ab\n", "2 1: komnr=0403 [0 0 0 1]|3 2: komnr=0301|4 3: komnr=ab",
		},
		{
			"skipped rows and empty texts", "tables: [{table: t, class: ROW, by_name: true, skip_rows: 2, empty: [NULL, \"-\"]}]",
			"Uttrekk \"fra systemet\n\nrowKey;code;number\n1;NULL;-\n2; x ;\u00a05\n", "4 1:|5 2: code=x number=5",
		},
		{
			"no heading", "tables: [{table: t, class: ROW, header_row: false, key: 2, fields: {code: 1}}]",
			"a;1\nb;2\n", "1 1: code=a|2 2: code=b",
		},
		{
			"sep line", "tables: [{table: t, class: ROW, by_name: true}]",
			"sep=|\nrowKey|code\n1|a,b;c\n", "3 1: code=a,b;c",
		},
		{
			"short rows", "tables: [{table: t, class: ROW, by_name: true, short_rows: true}]",
			"rowKey;code;number\n1\n2;x;3;;;\n", "2 1:|3 2: code=x number=3",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, got := bindText(t, tt.profile, tt.text)
			if s := strings.Join(got, "|"); s != tt.want {
				t.Errorf("got  %s\nwant %s", s, tt.want)
			}
		})
	}
}

func TestBindingCounts(t *testing.T) {
	b, _ := bindText(t, "tables: [{table: t, class: ROW, by_name: true}]", "rowKey;komnr;extra\n1;403\n2;301\n3;0301\n4;12\n")
	_ = b
	b, _ = bindText(t, "tables: [{table: t, class: ROW, key: K, fields: {komnr: C, code: {column: D, codes: {a: b}}}}]",
		"K;C;D;extra\n1;403;a;\n2;301;x;\n3;0301;y;\n4;12;a;\n")
	if b.LostZeros(0) != 2 || b.UnknownCodes(1) != 2 || b.Unmapped != 1 || len(b.Unfed) != 1 || b.Unfed[0] != "day" {
		t.Errorf("lost %d, unknown %d, unmapped %d, unfed %v", b.LostZeros(0), b.UnknownCodes(1), b.Unmapped, b.Unfed)
	}
}

func TestGuessDelimiter(t *testing.T) {
	for in, want := range map[string]byte{
		"a;b\n1;2,5\n": ';', "Extract, of today\nx;y;z\n1;2;3\n": ';', "a,b\n1,2\n": ',', "a\tb\n": '\t', "a|b": '|',
		"\"a;b;c\",d\n\"1;2;3\",4\n": ',', "abc\n": 0, "": 0,
	} {
		if got := GuessDelimiter([]byte(in), '"'); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestBindFaults(t *testing.T) {
	for _, tt := range []struct{ profile, columns, id, says string }{
		{"fields: {day: Dato, code: Kode}", "K", "table.column.missing", `columns="Dato, Kode"`},
		{"fields: {day: Dato}", "K;Dato;Dato", "table.column.twice", `column="Dato"`},
		{"fields: {day: Dato}", "Dato", "table.column.missing", `columns="K"`},
	} {
		p, err := ReadProfile("p.yaml", []byte("tables:\n  - {table: t, class: ROW, key: K, "+tt.profile+"}\n"), testSchema())
		if err != nil {
			t.Fatal(err)
		}
		_, err = Bind(p, &p.Tables[0], testSchema().Class("ROW"), "t.csv", strings.Split(tt.columns, ";"), Info{})
		var f *fault.Error
		if !errors.As(err, &f) || f.ID != tt.id || !strings.Contains(f.Error(), tt.says) || !strings.Contains(f.Error(), `line="2"`) {
			t.Errorf("%s: %v", tt.columns, err)
		}
	}
}

func TestDateFormatValid(t *testing.T) {
	for f, want := range map[DateFormat]bool{
		"yyyymmdd": true, "d.m.yyyy": true, "excel": true, "dd.mm.yyyy *": true, "mm.yyyy": false, "": false,
		"yy.mm.dd": false, "yyyyyy.mm.dd": false, "dd.mm.yyyy*x": false, "dd.mm.mm.yyyy": false, "ddd.mm.yyyy": false,
	} {
		if f.Valid(false) != want {
			t.Errorf("%q: %v", f, !want)
		}
	}
	if !DateFormat("mm.yyyy").Valid(true) {
		t.Error("months need no day")
	}
}

func FuzzProfile(f *testing.F) {
	for _, s := range []string{
		"tables: [{table: t, class: ROW, by_name: true}]",
		"defaults: {encoding: utf-8, delimiter: tab, date: [dd.mm.yyyy]}\nheader: {sys: x}\ntables:\n  - table: t*\n    class: row\n    key: K\n    fields: {day: {column: D, codes: {a: b}, pad: 3}, code: {constant: 1}, id: {serial: true}}\n",
		"a: &a [*a]\n", "tables:\n - &x {table: *x}\n", "\"\\x00\": 1", "? [a]\n: b\n", "{}", "--- 1\n--- 2\n", "%YAML 1.1\n---\ntables: !!binary x\n",
	} {
		f.Add([]byte(s), "K;D\n1;2.1.2017\n")
	}
	f.Fuzz(func(t *testing.T, in []byte, text string) {
		p, err := ReadProfile("p", in, testSchema())
		if err != nil {
			var fe *fault.Error
			if !errors.As(err, &fe) {
				t.Fatalf("no fault: %v", err)
			}
			return
		}
		for i := range p.Tables {
			m := &p.Tables[i]
			rows, err := OpenCSV("t", strings.NewReader(text), nil, m.Format)
			if err != nil {
				continue
			}
			b, err := Bind(p, m, testSchema().Class(m.Class), "t", rows.Columns(), rows.Info())
			if err != nil {
				continue
			}
			var row Mapped
			for cells, err := rows.Next(); err == nil; cells, err = rows.Next() {
				b.Row(cells, &row)
				if len(row.Values) != len(b.Fields()) {
					t.Fatal("values and fields differ in number")
				}
			}
		}
	})
}
