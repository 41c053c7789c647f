package record_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"iplos/internal/peertest"
	"iplos/internal/record"
)

// schemaFile writes a profile's schema to a file.
func schemaFile(t *testing.T, p record.Profile) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "iplos"+p.ID+".xsd")
	if err := os.WriteFile(name, record.Schema(p), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// judge returns, for each document, what xmllint finds wrong with it by the
// schema; nothing means that it is valid.
func judge(t *testing.T, schema string, docs [][]byte) []string {
	t.Helper()
	xmllint := peertest.Need(t, "xmllint")
	dir := t.TempDir()
	args := []string{"--noout", "--nonet", "--schema", schema}
	for i, doc := range docs {
		name := filepath.Join(dir, fmt.Sprintf("%04d.xml", i))
		if err := os.WriteFile(name, doc, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, name)
	}
	out, _ := exec.Command(xmllint, args...).CombinedOutput()
	verdicts := make([]string, len(docs))
	for i, name := range args[4:] {
		if !bytes.Contains(out, []byte(name+" validates")) {
			verdicts[i] = "invalid"
		}
		for line := range strings.Lines(string(out)) {
			if strings.HasPrefix(line, name+":") {
				verdicts[i] += " " + strings.TrimSpace(strings.TrimPrefix(line, name))
			}
		}
	}
	return verdicts
}

// TestSchemaAccepts proves that the schema takes every message written from
// valid values.
func TestSchemaAccepts(t *testing.T) {
	for _, p := range record.Profiles() {
		v := judge(t, schemaFile(t, p), [][]byte{message(t, p, 1), message(t, p, 200)})
		for _, fault := range v {
			if fault != "" {
				t.Errorf("%s: %s", p.ID, fault)
			}
		}
	}
}

// badValues returns texts a type does not allow, and good ones at its edges.
func badValues(t record.Type) (bad, good []string) {
	switch t.Base {
	case record.Enum:
		return []string{"", "0", "1 ", strings.ToLower(t.Values()[0]) + "x"}, t.Values()
	case record.Int:
		return []string{"", "x", "1.0", "2147483648"}, []string{"2147483647", "-1", "007"}
	case record.Short:
		return []string{"", "x", "32768"}, []string{"32767"}
	case record.Decimal:
		return []string{"", "1,5", "1000.01", "1.234"}, []string{"999.99", "-1.5", "40", "1000.00"}
	case record.Date8:
		return []string{"", "2017-01-01", "20171301", "20170132", "2017010", " 20170101"}, []string{"20170231", "99991231"}
	case record.Month6:
		return []string{"", "201713", "20170101"}, []string{"201712"}
	case record.Text:
	}
	if t.Min > 0 {
		bad = append(bad, strings.Repeat("æ", t.Min-1))
		good = append(good, strings.Repeat("æ", t.Min))
	}
	if t.Max > 0 {
		bad = append(bad, strings.Repeat("æ", t.Max+1))
		good = append(good, strings.Repeat("æ", t.Max))
	}
	return bad, good
}

// withField returns a message with one person in which one field has a text;
// nil leaves the field out.
func withField(t *testing.T, p record.Profile, f record.Field, text *string) []byte {
	t.Helper()
	rng := rand.New(rand.NewPCG(3, 4))
	value := func(g record.Field) string { return valid(g.Type(), 12345) }
	h := makeHeader(p, rng, value)
	var person record.Person
	person.Add(record.PersonRow, 1)
	for _, c := range record.ChildClasses() {
		person.Add(c, 1)
	}
	set := func(rows *record.Rows) {
		for i := range rows.Len() {
			for _, g := range rows.Row(i).Class().Fields() {
				switch {
				case p.Cardinality(g) == record.Absent:
				case g != f:
					rows.SetString(i, g, value(g), 1)
				case text != nil:
					rows.SetString(i, g, *text, 1)
				}
			}
		}
	}
	h.Reset()
	h.Add(record.Innhinfo, 1)
	for range p.Occurs(record.Kontakt).Min {
		h.Add(record.Kontakt, 1)
	}
	set(&h.Rows)
	set(&person.Rows)
	out, err := record.AppendHeader(nil, h, p, record.HeaderOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if out, err = record.AppendPerson(out, &person, p, nil); err != nil {
		t.Fatal(err)
	}
	return record.AppendEnd(out)
}

// TestSchemaValues proves, for every field of both messages, what the schema
// takes and what it refuses.
func TestSchemaValues(t *testing.T) {
	for _, p := range record.Profiles() {
		var docs [][]byte
		var names []string
		var want []bool
		add := func(f record.Field, text *string, ok bool) {
			what := "absent"
			if text != nil {
				what = fmt.Sprintf("%q", *text)
			}
			docs, want = append(docs, withField(t, p, f, text)), append(want, ok)
			names = append(names, p.ID+" "+f.Name()+" "+what)
		}
		for f := record.Versjon + 1; f < record.NumFields; f++ {
			if p.Cardinality(f) == record.Absent {
				continue
			}
			add(f, nil, p.Cardinality(f) == record.ZeroOrOne)
			bad, good := badValues(f.Type())
			for _, v := range bad {
				add(f, &v, false)
			}
			for _, v := range good {
				add(f, &v, true)
			}
		}
		for i, fault := range judge(t, schemaFile(t, p), docs) {
			if (fault == "") != want[i] {
				t.Errorf("%s: want valid %v, got %q", names[i], want[i], fault)
			}
		}
	}
}

// TestTable holds the message table against the published description.
func TestTable(t *testing.T) {
	data, err := os.ReadFile("testdata/fields.csv")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{}
	for _, r := range rows[1:] {
		if r[3] != "group" {
			want[strings.Join([]string{r[0], r[2], r[3], r[4], r[5], r[6], r[7]}, " ")] = true
		}
	}
	got := map[string]bool{}
	for c := record.Iplos; c < record.NumClasses; c++ {
		for _, f := range c.Fields() {
			got[describe(f)] = true
		}
	}
	for d := range want {
		if !got[d] {
			t.Errorf("the table lacks %s", d)
		}
	}
	for d := range got {
		if !want[d] {
			t.Errorf("the table has %s", d)
		}
	}
}

// describe writes a field in the words of the published description.
func describe(f record.Field) string {
	kind, typ, allowed := "element", "", ""
	if f.Kind() == record.Attribute {
		kind = "attribute"
	}
	switch t := f.Type(); t.Base {
	case record.Text:
		typ = "string"
		if t.Max > 0 {
			typ = fmt.Sprintf("string(%d..%d)", t.Min, t.Max)
		}
		if t.Min > 0 {
			typ = fmt.Sprintf("string(%d)", t.Max)
		}
	case record.Enum:
		typ, allowed = "string", t.Allowed
	case record.Decimal:
		typ = fmt.Sprintf("decimal(%d;%d)", t.Max, t.Digits)
	default:
		typ = map[record.Base]string{
			record.Int: "int", record.Short: "short", record.Date8: "date8", record.Month6: "month6",
		}[t.Base]
	}
	if f == record.Versjon {
		allowed = "fixed"
	}
	cards := make([]string, 2)
	for i, p := range record.Profiles() {
		cards[i] = map[record.Cardinality]string{
			record.Absent: "0", record.ZeroOrOne: "0..1", record.One: "1",
		}[p.Cardinality(f)]
	}
	if f.Class() == record.Kontakt {
		cards[0] = "-"
	}
	return strings.Join([]string{f.Class().String(), f.Name(), kind, typ, allowed, cards[0], cards[1]}, " ")
}
