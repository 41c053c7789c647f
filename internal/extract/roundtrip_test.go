package extract

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"iplos/internal/record"
	"iplos/internal/sandbox/synth"
)

// readText opens an export and returns it as message text, and the account.
func readText(t testing.TB, o Options) (string, Account) {
	t.Helper()
	text, a, err := tryRead(t, o)
	if err != nil {
		t.Fatal(err)
	}
	return text, a
}

func tryRead(t testing.TB, o Options) (string, Account, error) {
	t.Helper()
	if o.Now.IsZero() {
		o.Now = time.Date(2018, 1, 3, 0, 0, 0, 0, time.UTC)
	}
	s, err := Open(context.Background(), o)
	if err != nil {
		if s != nil {
			s.Close()
		}
		return "", Account{}, err
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	out, err := record.AppendHeader(nil, s.Header(), s.Profile(), record.HeaderOptions{})
	if err != nil {
		return "", Account{}, err
	}
	for p, err := range s.Persons() {
		if err != nil {
			return string(out), s.Account(), err
		}
		if out, err = record.AppendPerson(out, p, s.Profile(), nil); err != nil {
			return "", Account{}, err
		}
	}
	a := s.Account()
	addsUp(t, a)
	return string(record.AppendEnd(out)), a, nil
}

// addsUp checks the account's promise.
func addsUp(t testing.TB, a Account) {
	t.Helper()
	for class, c := range a.Classes {
		n := c.Taken
		for _, left := range c.LeftOut {
			n += left
		}
		if n != c.Read {
			t.Errorf("%s: %d read, but %d taken and left out", class, c.Read, n)
		}
	}
}

func generator(t testing.TB, o synth.Options) *synth.Generator {
	t.Helper()
	g, err := synth.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func writeFile(t testing.TB, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// sorted makes texts of the same persons comparable whatever their order.
func sorted(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "><", ">\n<"), "\n")
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func TestEverySourceGivesTheSamePersons(t *testing.T) {
	for _, year := range []int{2017, 2018} {
		g := generator(t, synth.Options{Persons: 60, Year: year, Assessments: 2})
		var message, zipped, book bytes.Buffer
		if err := g.WriteMessage(&message); err != nil {
			t.Fatal(err)
		}
		if err := g.WriteCSVZip(&zipped, synth.TableOptions{}); err != nil {
			t.Fatal(err)
		}
		if err := g.WriteXLSX(&book, synth.TableOptions{}); err != nil {
			t.Fatal(err)
		}
		plain, shuffled := t.TempDir(), t.TempDir()
		if err := g.WriteCSVFolder(plain, synth.TableOptions{}); err != nil {
			t.Fatal(err)
		}
		if err := g.WriteCSVFolder(shuffled, synth.TableOptions{Shuffle: true, Comma: ','}); err != nil {
			t.Fatal(err)
		}
		want := message.String()
		got, _ := readText(t, Options{Path: writeFile(t, "m", want)})
		if got != want {
			t.Fatalf("%d: the message differs when read back", year)
		}
		for name, o := range map[string]Options{
			"message from stdin": {Path: "-", Stdin: bytes.NewReader(message.Bytes())},
			"zip":                {Path: writeFile(t, "z", zipped.String())},
			"zip from stdin":     {Path: "-", Stdin: bytes.NewReader(zipped.Bytes())},
			"workbook":           {Path: writeFile(t, "x", book.String())},
			"workbook stdin":     {Path: "-", Stdin: bytes.NewReader(book.Bytes())},
			"folder":             {Path: plain},
			"folder, spilled":    {Path: plain, MemoryBytes: 5000, TempDir: t.TempDir()},
			"shuffled":           {Path: shuffled},
			"shuffled, spilled":  {Path: shuffled, MemoryBytes: 2000, TempDir: t.TempDir()},
		} {
			o.Year = year
			got, a := readText(t, o)
			if strings.HasPrefix(name, "shuffled") {
				if sorted(got) != sorted(want) {
					t.Errorf("%d, %s: other persons than the message's", year, name)
				}
			} else if got != want {
				t.Errorf("%d, %s: differs from the message: %s", year, name, firstDifference(got, want))
			}
			if n := a.Classes["PERSON"]; n.Taken != 60 || n.Read != 60 {
				t.Errorf("%d, %s: account %+v", year, name, n)
			}
		}
	}
}

func firstDifference(got, want string) string {
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			from := max(0, i-80)
			return got[from:min(len(got), i+80)] + "\n---\n" + want[from:min(len(want), i+80)]
		}
	}
	return "lengths"
}
