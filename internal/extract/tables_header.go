package extract

import (
	"errors"
	"fmt"
	"io"

	"iplos/internal/fault"
	"iplos/internal/record"
	"iplos/internal/table"
)

// madeLine is the line of a header that no table holds: before every table's
// first, and in no file.
const madeLine = 1

// maxHeaderRows bounds the header's tables: one INNHINFO and three contacts,
// with room for what is wrong.
const maxHeaderRows = 16

// readHeader makes the header from the tables that have it, the profile's
// constants and the options, in that order.
func (t *tables) readHeader() error {
	t.head.Add(record.Innhinfo, madeLine)
	t.places, t.lines = append(t.places, tablePlace{}), madeLine
	for _, o := range t.open {
		if rank(o.maps) != 0 {
			continue
		}
		if err := t.readHeaderTable(o); err != nil {
			return err
		}
	}
	for _, c := range t.profil.Header {
		t.setHeader(record.FieldByName(record.Innhinfo, c.Field), *c.Constant)
	}
	if err := t.settleYear(); err != nil {
		return err
	}
	t.completeHeader()
	if err := t.settleMunicipality(); err != nil {
		return err
	}
	t.numberMessage()
	if t.prof.Occurs(record.Kontakt).Max != 0 && t.head.Count(record.Kontakt) == 0 {
		t.addContacts()
	}
	return nil
}

func (t *tables) readHeaderTable(o *openTable) error {
	base := t.lines
	t.places = append(t.places, tablePlace{o.table.File, base})
	use := TableUse{Name: o.table.File}
	for _, m := range o.maps {
		class := record.ClassByName(m.Class)
		b, err := table.Bind(t.profil, m, schema(nil).Class(m.Class), o.table.File, o.rows.Columns(), o.rows.Info())
		if err != nil {
			return err
		}
		use.Classes = append(use.Classes, m.Class)
		var row table.Mapped
		for n := 1; ; n++ {
			cells, err := o.rows.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return t.readFault(err)
			}
			if n > maxHeaderRows || class == record.Innhinfo && n > 1 {
				return fault.New(fault.Usage, "extract.header.rows", "file", o.table.File, "class", m.Class)
			}
			b.Row(cells, &row)
			use.Rows++
			t.headerRow(class, fieldsOf(b, class), &row, base+o.rows.Line())
		}
	}
	return t.endTable(o, use)
}

func (t *tables) headerRow(class record.Class, fields []record.Field, row *table.Mapped, line int) {
	t.ledger.read(class)
	if row.Blank {
		t.ledger.leave(class, EmptyRow)
		return
	}
	t.ledger.take(class)
	i := 0
	if class == record.Kontakt {
		i = t.head.Add(class, line)
	} else {
		t.head.SetLine(i, line)
	}
	for v, f := range fields {
		if row.Values[v] != nil {
			t.head.Set(i, f, row.Values[v], line)
		}
	}
	for c, n := range row.Changes {
		t.ledger.change(class, table.Change(c).String(), int(n)) //nolint:gosec // a handful
	}
}

// setHeader sets a header field that nothing has set yet.
func (t *tables) setHeader(f record.Field, text string) {
	if !t.head.Row(0).Has(f) {
		t.head.SetString(0, f, text, madeLine)
	}
}

// settleYear finds the data year and with it the message's version.
func (t *tables) settleYear() error {
	t.year = t.opts.Year
	if t.year == 0 {
		t.year = yearOf(&t.head)
	}
	if t.year == 0 {
		return fault.New(fault.Usage, "extract.year.missing", "path", t.in.shown())
	}
	p, ok := record.ProfileForYear(t.year)
	if !ok {
		all := record.Profiles()
		return fault.New(fault.Usage, "extract.year.unknown", "year", yearText(t.year),
			"first", yearText(all[0].FirstYear), "last", yearText(all[len(all)-1].LastYear))
	}
	t.prof = p
	return nil
}

// completeHeader adds what the tables did not say: what the options know, and
// for the rest what is true of every such message.
func (t *tables) completeHeader() {
	t.setHeader(record.IiInnhType, "P")
	if t.opts.Municipality != "" {
		t.setHeader(record.IiKomnr, t.opts.Municipality)
	}
	t.ledger.fillDistrict(&t.head.Rows, record.Innhinfo, record.IiBydelsnr, t.opts.District)
	t.setHeader(record.IiFraDato, fmt.Sprintf("%04d0101", t.year))
	t.setHeader(record.IiTilDato, fmt.Sprintf("%04d1231", t.year))
	if !t.opts.Now.IsZero() {
		t.setHeader(record.IiLagetDato, t.opts.Now.Format("20060102"))
	}
	t.setHeader(record.IiSysID, "")
	t.setHeader(record.IiSysVersjon, "")
}

// settleMunicipality finds who reports. A municipality that later was merged
// from several reports as each of them; the persons are selected.
func (t *tables) settleMunicipality() error {
	t.number = newTranslator(t.year, t.opts.Translate, t.ledger)
	if len(t.head.Get(record.IiKomnr)) == 0 {
		return fault.New(fault.Usage, "extract.municipality.missing", "path", t.in.shown())
	}
	// What is asked for goes before what the tables say, where the tables say
	// the merged municipality's number.
	said := string(t.head.Get(record.IiKomnr))
	if err := merged(t.opts.Municipality, t.year); err != nil {
		return err
	}
	if err := merged(said, t.year); err != nil {
		if t.opts.Municipality == "" || !becomes(t.opts.Municipality, said) {
			return err
		}
		t.head.SetString(0, record.IiKomnr, t.opts.Municipality, t.head.Row(0).FieldLine(record.IiKomnr))
		t.ledger.translate(record.Innhinfo, said, t.opts.Municipality)
	}
	t.number.field(&t.head.Rows, 0, record.Innhinfo, record.IiKomnr)
	t.komnr = string(t.head.Get(record.IiKomnr))
	t.others = siblings(t.komnr)
	return nil
}

// numberMessage gives a 2018 message its serial. It is made of what the
// message is for and not of the time: the same tables give the same message.
func (t *tables) numberMessage() {
	if t.prof.Cardinality(record.IiLopenr) == record.One {
		t.setHeader(record.IiLopenr, fmt.Sprintf("%s-%s-%d", t.komnr, t.head.Get(record.IiBydelsnr), t.year))
	}
}

func (t *tables) addContacts() {
	for _, c := range t.opts.Contacts {
		i := t.head.Add(record.Kontakt, madeLine)
		t.head.SetString(i, record.KontaktType, c.Type, madeLine)
		t.head.SetString(i, record.KontaktNavn, c.Name, madeLine)
		t.head.SetString(i, record.KontaktTelefon, c.Phone, madeLine)
		t.head.SetString(i, record.KontaktEpost, c.Email, madeLine)
	}
}
