package extract

import (
	"slices"
	"strings"

	"iplos/internal/record"
)

// normal reduces a name to what counts when names are compared.
func normal(name string) string {
	name = strings.ToLower(name)
	name = strings.NewReplacer("æ", "ae", "ø", "o", "å", "a", "ö", "o", "ä", "a").Replace(name)
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, name)
}

// classWords are words in a table's name that tell its class, the surest
// first.
func classWords() []struct {
	class record.Class
	words []string
} {
	return []struct {
		class record.Class
		words []string
	}{
		{record.Personoppl, []string{"personoppl", "situasjon", "personopplysning"}},
		{record.Dogntilbud, []string{"dogntilbud", "dogn", "institusjonsopphold"}},
		{record.Diagnose, []string{"diagnos"}},
		{record.Funksjon, []string{"funksjon", "adl", "bistandsvariab", "skar", "kartlegging"}},
		{record.Tjeneste, []string{"tjeneste", "vedtak", "service"}},
		{record.Innhinfo, []string{"innhinfo"}},
		{record.Kontakt, []string{"kontakt"}},
		{record.PersonRow, []string{"person", "bruker", "klient", "pasient", "tjenestemottaker", "soker"}},
	}
}

// fieldWords are the words people use for a field, normalised.
func fieldWords() map[record.Field][]string {
	from := []string{"fradato", "fra", "startdato", "start", "gjelderfra", "datofra", "gyldigfra"}
	to := []string{"tildato", "til", "sluttdato", "slutt", "stoppdato", "gjeldertil", "datotil", "gyldigtil"}
	return map[record.Field][]string{
		record.PePeID:           {"personid", "brukerid", "klientid", "pasientid", "id", "brukernr", "personnokkel", "lopenr"},
		record.PeFnr:            {"fodselsnummer", "fodselsnr", "fnr", "personnummer", "personnr"},
		record.PeAlder:          {"alder"},
		record.PeKjonn:          {"kjonn", "sex"},
		record.PeKomnr:          {"kommunenr", "kommunenummer", "komnr", "kommune", "hjemkommune", "bostedskommune"},
		record.PeBydelsnr:       {"bydelsnr", "bydel", "bydelsnummer", "bydelnr"},
		record.PeDiagReserv:     {"reservasjon", "diagnosereservasjon", "reservert"},
		record.PeFraDato:        append([]string{"registrert"}, from...),
		record.PeDodDato:        {"dodsdato", "doddato", "dod"},
		record.PeEndrDato:       {"endretdato", "endringsdato", "sistendret", "endrdato", "endret", "oppdatert"},
		record.PoHusstand:       {"husstand", "bosituasjon"},
		record.PoOmsorgBarn:     {"omsorgforbarn", "omsorgbarn"},
		record.PoPrivHjelp:      {"privathjelp", "privhjelp"},
		record.PoBoligTilr:      {"boligtilrettelagt", "tilrettelagtbolig", "bolig"},
		record.PoVurdTann:       {"vurderttannlege", "tannlege", "tannhelse"},
		record.PoVurdLege:       {"vurdertlege", "lege"},
		record.PoIndPlan:        {"individuellplan", "ip"},
		record.PoHarKoordinator: {"koordinator"},
		record.PoFraDato:        from,
		record.PoTilDato:        to,
		record.FnFunkType:       {"funksjonstype", "funksjonsvariabel", "funksjon", "funktype", "type", "variabelnr", "variabel", "kode"},
		record.FnFunkVerdi:      {"verdi", "skar", "score", "funksjonsverdi", "funkverdi"},
		record.FnFraDato:        from,
		record.FnTilDato:        to,
		record.TjTjID:           {"tjenesteid", "id", "vedtaksid", "vedtakid", "vedtaksnr", "vedtaknr", "tjenestenr"},
		record.TjTjenType:       {"tjenestetype", "tjeneste", "type", "tjenestekode", "kode", "tjentype"},
		record.TjTjenUnderType:  {"undertype", "tjenesteundertype"},
		record.TjSoknadDato:     {"soknadsdato", "soknaddato", "soktdato", "sokt"},
		record.TjVedtDato:       {"vedtaksdato", "vedtakdato", "vedtdato", "vedtatt"},
		record.TjVedtak:         {"vedtak", "resultat", "utfall"},
		record.TjTimerUke:       {"timeruke", "timerperuke", "vedtakstimer", "timer", "timerpruke"},
		record.TjRullerende:     {"rullerende"},
		record.TjInstOrgnr:      {"orgnr", "organisasjonsnummer", "orgnummer", "institusjon", "tjenestested", "sted"},
		record.TjFraDato:        from,
		record.TjTilDato:        to,
		record.TjKlageMottatt:   {"klagemottatt"},
		record.TjKlageBesvart:   {"klagebesvart"},
		record.DiKodeVersjon:    {"kodeverk", "kodeversjon", "diagnosekodeverk"},
		record.DiDiagKode:       {"diagnosekode", "diagnose", "kode", "diagkode"},
		record.DiFraDato:        from,
		record.DiTilDato:        to,
		record.DgInstOrgnr:      {"orgnr", "organisasjonsnummer", "institusjon"},
		record.DgFraDato:        from,
		record.DgTilDato:        to,
	}
}

// guessTables guesses each table's class and what its columns hold.
func guessTables(tables []TableDescription) {
	for i := range tables {
		t := &tables[i]
		class := record.ClassByName(t.Class)
		if class == record.NoClass {
			class = guessClass(t)
		}
		if class == record.NoClass {
			continue
		}
		t.Guess = class.String()
		guessColumns(t, class)
	}
}

// guessClass goes by the table's name, then by columns named as fields, then
// by a column with identities.
func guessClass(t *TableDescription) record.Class {
	name := normal(t.Name)
	for _, c := range classWords() {
		for _, w := range c.words {
			if strings.Contains(name, w) {
				return c.class
			}
		}
	}
	best, most := record.NoClass, 0
	for c := record.Innhinfo; c < record.NumClasses; c++ {
		n := 0
		for _, col := range t.Columns {
			if record.FieldByName(c, col.Name) != record.NoField {
				n++
			}
		}
		if n > most {
			best, most = c, n
		}
	}
	if best == record.NoClass && slices.ContainsFunc(t.Columns, func(c ColumnDescription) bool {
		return slices.Contains(fieldWords()[record.PeFnr], normal(c.Name))
	}) {
		return record.PersonRow
	}
	return best
}

// guessColumns gives each field to at most one column: named as the field,
// or without its prefix, or by a word that people use.
func guessColumns(t *TableDescription, class record.Class) {
	taken := map[record.Field]bool{}
	match := func(fits func(f record.Field, name string) bool) {
		for i := range t.Columns {
			c := &t.Columns[i]
			if c.Guess != "" || c.Name == "" {
				continue
			}
			for _, f := range class.Fields() {
				if !taken[f] && fits(f, normal(c.Name)) {
					c.Guess, taken[f] = f.Name(), true
					break
				}
			}
		}
	}
	words := fieldWords()
	key := class.PersonIDField()
	match(func(f record.Field, name string) bool { return normal(f.Name()) == name })
	match(func(f record.Field, name string) bool { return len(f.Name()) > 4 && normal(f.Name()[2:]) == name })
	match(func(f record.Field, name string) bool {
		return f == key && slices.Contains(words[record.PePeID], name) && name != "id"
	})
	match(func(f record.Field, name string) bool { return slices.Contains(words[f], name) })
}
