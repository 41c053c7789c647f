package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"iplos/bench/rig"
	"iplos/internal/finding"
	"iplos/internal/record"
	"iplos/internal/sandbox/synth"
	"iplos/internal/validate"
)

// made is what a message came to.
type made struct {
	bytes         int64
	persons, rows int
}

// until and persons say when to stop.
func until(size int64) func(made) bool { return func(m made) bool { return m.bytes >= size } }
func persons(n int) func(made) bool    { return func(m made) bool { return m.persons >= n } }

// clean leaves a person alone.
func clean(*record.Person) {}

// wrongAge gives every person one finding.
func wrongAge(p *record.Person) {
	age, _ := strconv.Atoi(string(p.Get(record.PeAlder)))
	p.SetString(0, record.PeAlder, strconv.Itoa(age+5), 1)
}

// scatter spreads the ids over all that an id can be, as a bijection, so
// that none is used twice.
func scatter(p *record.Person) {
	for i := range p.Len() {
		c := p.Row(i).Class()
		for _, f := range []record.Field{c.RowIDField(), c.PersonIDField()} {
			if f == record.NoField {
				continue
			}
			n, _ := strconv.Atoi(string(p.Row(i).Get(f)))
			p.SetString(i, f, strconv.Itoa(int(int32(uint32(n)*2654435769))), 1)
		}
	}
}

// write makes a message in the layout an export has: an element a line.
func write(path string, enough func(made) bool, change func(*record.Person)) (m made, err error) {
	f, err := os.Create(path)
	if err != nil {
		return m, err
	}
	m, err = writeTo(f, enough, change)
	return m, errors.Join(err, f.Close())
}

// country is more persons than are ever written.
func country() synth.Options { return synth.Options{Persons: 3_000_000} }

func writeTo(dst io.Writer, enough func(made) bool, change func(*record.Person)) (m made, err error) {
	g, err := synth.New(country())
	if err != nil {
		return m, err
	}
	out := bufio.NewWriterSize(dst, 1<<20)
	in := &indenter{dst: out}
	w := record.NewWriter(in, g.Profile())
	if err := w.Header(g.Header()); err != nil {
		return m, err
	}
	for p := range g.Persons() {
		change(p)
		if err := w.Person(p); err != nil {
			return m, err
		}
		m.persons++
		m.rows += p.Len()
		if m.bytes = in.written; enough(m) {
			break
		}
	}
	if err := w.Close(); err != nil {
		return m, err
	}
	m.bytes = in.written
	return m, out.Flush()
}

// indenter puts every element on a line of its own.
type indenter struct {
	dst     *bufio.Writer
	last    byte
	written int64
}

func (w *indenter) Write(b []byte) (int, error) {
	for _, c := range b {
		if c == '<' && w.last == '>' {
			n, _ := w.dst.WriteString("\n   ")
			w.written += int64(n)
		}
		if err := w.dst.WriteByte(c); err != nil {
			return 0, err
		}
		w.written++
		w.last = c
	}
	return len(b), nil
}

// children are the parts that run in processes of their own.
func children() map[string]rig.Child {
	return map[string]rig.Child{"generate": generate(clean), "scatter": generate(scatter), "check": checkFile}
}

// generate writes a message of so many persons.
func generate(change func(*record.Person)) rig.Child {
	return func(_ context.Context, out io.Writer, args []string) error {
		n, err := strconv.Atoi(args[0])
		if err != nil {
			return err
		}
		_, err = writeTo(out, persons(n), change)
		return err
	}
}

// checkFile checks a file, or standard input for "-".
func checkFile(_ context.Context, out io.Writer, args []string) error {
	in := os.Stdin
	if args[0] != "-" {
		f, err := os.Open(args[0])
		if err != nil {
			return err
		}
		defer f.Close() //nolint:errcheck // only read from
		in = f
	}
	found, err := check(in)
	fmt.Fprintln(out, found)
	return err
}

// check reads and validates as the program does and returns the numbers of
// persons and of findings, those on totals apart.
func check(in io.Reader) (string, error) {
	opts, err := everyRule()
	if err != nil {
		return "", err
	}
	var log finding.Log
	v, err := validate.New(opts, &log)
	if err != nil {
		return "", err
	}
	r := record.NewReader(in, record.ReaderOptions{})
	h, p, err := r.Header()
	if err != nil {
		return "", err
	}
	v.Header(p, h)
	for person, err := range r.Persons() {
		if err != nil {
			return "", err
		}
		v.Person(person)
	}
	v.Problems(r.Problems())
	v.Finish()
	sum := v.Summary()
	return fmt.Sprint(v.Totals().Persons, sum.Total()-sum.ByRule["STAT-CHANGE"]-sum.ByRule["STAT-NONE"]), nil
}

// everyRule switches every rule on, also those that need something to
// compare with.
func everyRule() (validate.Options, error) {
	g, err := synth.New(country())
	if err != nil {
		return validate.Options{}, err
	}
	places := map[string]string{}
	for _, p := range g.Places() {
		places[p.Number] = p.Name
	}
	return validate.Options{
		Year: 2017, Municipality: "0403", District: "00", OrgNumber: synth.OrgNumber(99_999), AllowSynthetic: true,
		Today: 20180105, ServicePlaces: places, Previous: &finding.Totals{ServiceUsers: map[int]int{15: 1000}},
	}, nil
}
