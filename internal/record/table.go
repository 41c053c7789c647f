package record

type classInfo struct {
	name     string
	element  string
	parent   Class
	personID Field
	rowID    Field
	fields   []Field
}

// cards holds a cardinality for each known profile, in the order of
// profileTable.
type cards [numProfiles]Cardinality

type fieldInfo struct {
	class Class
	name  string
	kind  Kind
	typ   Type
	cards cards
	slot  uint8
}

// classes and fields are the message table: read-only after start, indexed by
// constants in the reader's inner loop, and therefore package variables.
//
//nolint:gochecknoglobals // read-only tables, see above
var (
	fields  = fieldTable()
	classes = classTable()
)

func classTable() [NumClasses]classInfo {
	t := [NumClasses]classInfo{
		Iplos:      {name: "IPLOS", element: "IPLOS"},
		Innhinfo:   {name: "INNHINFO", element: "INNHINFO", parent: Iplos},
		Kontakt:    {name: "KONTAKT", element: "iiKontakt", parent: Innhinfo},
		PersonRow:  {name: "PERSON", element: "PERSON", parent: Iplos, rowID: PePeID},
		Personoppl: {name: "PERSONOPPL", element: "PERSONOPPL", parent: PersonRow, personID: PoPeID, rowID: PoPoID},
		Funksjon:   {name: "FUNKSJON", element: "FUNKSJON", parent: PersonRow, personID: FnPeID, rowID: FnFnID},
		Tjeneste:   {name: "TJENESTE", element: "TJENESTE", parent: PersonRow, personID: TjPeID, rowID: TjTjID},
		Diagnose:   {name: "DIAGNOSE", element: "DIAGNOSE", parent: PersonRow, personID: DiPeID, rowID: DiDiID},
		Dogntilbud: {name: "DOGNTILBUD", element: "DOGNTILBUD", parent: PersonRow, personID: DgPeID, rowID: DgDgID},
	}
	for f := NoField + 1; f < NumFields; f++ {
		c := fields[f].class
		t[c].fields = append(t[c].fields, f)
	}
	return t
}

// fieldTable is the whole message, a row for each field: what the published
// 2018 schema says, and for 2017 what that schema's change log says was
// different. The last column holds the cardinality in 2017 and in 2018.
func fieldTable() [NumFields]fieldInfo {
	t := [NumFields]fieldInfo{
		// IPLOS.
		Versjon: {class: Iplos, name: "versjon", kind: Attribute, typ: Type{Base: Text}, cards: cards{One, One}},

		// INNHINFO.
		IiInnhType:   {class: Innhinfo, name: "iiInnhType", kind: Element, typ: Type{Base: Enum, Allowed: "P"}, cards: cards{One, One}},
		IiKomnr:      {class: Innhinfo, name: "iiKomnr", kind: Element, typ: Type{Base: Text, Min: 4, Max: 4}, cards: cards{One, One}},
		IiBydelsnr:   {class: Innhinfo, name: "iiBydelsnr", kind: Element, typ: Type{Base: Text, Min: 2, Max: 2}, cards: cards{One, One}},
		IiFraDato:    {class: Innhinfo, name: "iiFraDato", kind: Element, typ: Type{Base: Date8}, cards: cards{One, One}},
		IiTilDato:    {class: Innhinfo, name: "iiTilDato", kind: Element, typ: Type{Base: Date8}, cards: cards{One, One}},
		IiLagetDato:  {class: Innhinfo, name: "iiLagetDato", kind: Element, typ: Type{Base: Date8}, cards: cards{One, One}},
		IiSysID:      {class: Innhinfo, name: "iiSysID", kind: Element, typ: Type{Base: Text, Max: 15}, cards: cards{One, One}},
		IiSysVersjon: {class: Innhinfo, name: "iiSysVersjon", kind: Element, typ: Type{Base: Text, Max: 15}, cards: cards{One, One}},
		IiLopenr:     {class: Innhinfo, name: "iiLopenr", kind: Element, typ: Type{Base: Text, Max: Unbounded}, cards: cards{Absent, One}},

		// KONTAKT.
		KontaktType:    {class: Kontakt, name: "Type", kind: Element, typ: Type{Base: Enum, Allowed: "1|2|3"}, cards: cards{Absent, One}},
		KontaktNavn:    {class: Kontakt, name: "Navn", kind: Element, typ: Type{Base: Text, Max: Unbounded}, cards: cards{Absent, One}},
		KontaktTelefon: {class: Kontakt, name: "Telefon", kind: Element, typ: Type{Base: Text, Max: Unbounded}, cards: cards{Absent, One}},
		KontaktEpost:   {class: Kontakt, name: "Epost", kind: Element, typ: Type{Base: Text, Max: Unbounded}, cards: cards{Absent, One}},

		// PERSON.
		PePeID:       {class: PersonRow, name: "pePeID", kind: Attribute, typ: Type{Base: Int}, cards: cards{One, One}},
		PeFnr:        {class: PersonRow, name: "peFnr", kind: Element, typ: Type{Base: Text, Max: Unbounded}, cards: cards{One, Absent}},
		PeAlder:      {class: PersonRow, name: "peAlder", kind: Element, typ: Type{Base: Short}, cards: cards{One, One}},
		PeKjonn:      {class: PersonRow, name: "peKjonn", kind: Element, typ: Type{Base: Enum, Allowed: "M|K"}, cards: cards{One, One}},
		PeKomnr:      {class: PersonRow, name: "peKomnr", kind: Element, typ: Type{Base: Text, Min: 4, Max: 4}, cards: cards{One, One}},
		PeBydelsnr:   {class: PersonRow, name: "peBydelsnr", kind: Element, typ: Type{Base: Text, Min: 2, Max: 2}, cards: cards{One, One}},
		PeDiagReserv: {class: PersonRow, name: "peDiagReserv", kind: Element, typ: Type{Base: Enum, Allowed: "1|2"}, cards: cards{One, Absent}},
		PeFraDato:    {class: PersonRow, name: "peFraDato", kind: Element, typ: Type{Base: Date8}, cards: cards{One, One}},
		PeDodDato:    {class: PersonRow, name: "peDodDato", kind: Element, typ: Type{Base: Date8}, cards: cards{ZeroOrOne, ZeroOrOne}},
		PeEndrDato:   {class: PersonRow, name: "peEndrDato", kind: Element, typ: Type{Base: Date8}, cards: cards{One, One}},

		// PERSONOPPL.
		PoPeID:            {class: Personoppl, name: "poPeID", kind: Attribute, typ: Type{Base: Int}, cards: cards{One, One}},
		PoPoID:            {class: Personoppl, name: "poPoID", kind: Attribute, typ: Type{Base: Int}, cards: cards{One, One}},
		PoHusstand:        {class: Personoppl, name: "poHusstand", kind: Element, typ: Type{Base: Enum, Allowed: "1|2|3"}, cards: cards{One, ZeroOrOne}},
		PoOmsorgBarn:      {class: Personoppl, name: "poOmsorgBarn", kind: Element, typ: Type{Base: Enum, Allowed: "1|2"}, cards: cards{One, ZeroOrOne}},
		PoPrivHjelp:       {class: Personoppl, name: "poPrivHjelp", kind: Element, typ: Type{Base: Enum, Allowed: "1|2|3|4|5|6"}, cards: cards{One, ZeroOrOne}},
		PoBoligTilr:       {class: Personoppl, name: "poBoligTilr", kind: Element, typ: Type{Base: Enum, Allowed: "1|2"}, cards: cards{One, ZeroOrOne}},
		PoVurdTann:        {class: Personoppl, name: "poVurdTann", kind: Element, typ: Type{Base: Month6}, cards: cards{ZeroOrOne, ZeroOrOne}},
		PoVurdLege:        {class: Personoppl, name: "poVurdLege", kind: Element, typ: Type{Base: Month6}, cards: cards{ZeroOrOne, ZeroOrOne}},
		PoIndPlan:         {class: Personoppl, name: "poIndPlan", kind: Element, typ: Type{Base: Enum, Allowed: "1|2|3|9"}, cards: cards{One, ZeroOrOne}},
		PoHarKoordinator:  {class: Personoppl, name: "poHarKoordinator", kind: Element, typ: Type{Base: Enum, Allowed: "1|2|9"}, cards: cards{One, ZeroOrOne}},
		PoArbBistBehov:    {class: Personoppl, name: "poArbBistBehov", kind: Element, typ: Type{Base: Enum, Allowed: "1|2|9"}, cards: cards{One, ZeroOrOne}},
		PoArbBistMottar:   {class: Personoppl, name: "poArbBistMottar", kind: Element, typ: Type{Base: Enum, Allowed: "1|2|3"}, cards: cards{One, ZeroOrOne}},
		PoArbTranspBehov:  {class: Personoppl, name: "poArbTranspBehov", kind: Element, typ: Type{Base: Enum, Allowed: "1|2|9"}, cards: cards{One, ZeroOrOne}},
		PoArbTranspMottar: {class: Personoppl, name: "poArbTranspMottar", kind: Element, typ: Type{Base: Enum, Allowed: "1|2|3"}, cards: cards{One, ZeroOrOne}},
		PoFriBistBehov:    {class: Personoppl, name: "poFriBistBehov", kind: Element, typ: Type{Base: Enum, Allowed: "1|2|9"}, cards: cards{One, ZeroOrOne}},
		PoFriBistMottar:   {class: Personoppl, name: "poFriBistMottar", kind: Element, typ: Type{Base: Enum, Allowed: "1|2|3"}, cards: cards{One, ZeroOrOne}},
		PoFriTranspBehov:  {class: Personoppl, name: "poFriTranspBehov", kind: Element, typ: Type{Base: Enum, Allowed: "1|2|9"}, cards: cards{One, ZeroOrOne}},
		PoFriTranspMottar: {class: Personoppl, name: "poFriTranspMottar", kind: Element, typ: Type{Base: Enum, Allowed: "1|2|3"}, cards: cards{One, ZeroOrOne}},
		PoLegeMiddGj:      {class: Personoppl, name: "poLegeMiddGj", kind: Element, typ: Type{Base: Enum, Allowed: "1|2|9"}, cards: cards{One, ZeroOrOne}},
		PoLegeMiddGjDato:  {class: Personoppl, name: "poLegeMiddGjDato", kind: Element, typ: Type{Base: Date8}, cards: cards{ZeroOrOne, ZeroOrOne}},
		PoErnKartlagt:     {class: Personoppl, name: "poErnKartlagt", kind: Element, typ: Type{Base: Enum, Allowed: "1|2|9"}, cards: cards{One, ZeroOrOne}},
		PoErnKartlagtDato: {class: Personoppl, name: "poErnKartlagtDato", kind: Element, typ: Type{Base: Date8}, cards: cards{ZeroOrOne, ZeroOrOne}},
		PoErnRisiko:       {class: Personoppl, name: "poErnRisiko", kind: Element, typ: Type{Base: Enum, Allowed: "1|2|9"}, cards: cards{One, ZeroOrOne}},
		PoErnRisikoDato:   {class: Personoppl, name: "poErnRisikoDato", kind: Element, typ: Type{Base: Date8}, cards: cards{ZeroOrOne, ZeroOrOne}},
		PoErnPlan:         {class: Personoppl, name: "poErnPlan", kind: Element, typ: Type{Base: Enum, Allowed: "1|2|9"}, cards: cards{One, ZeroOrOne}},
		PoErnPlanDato:     {class: Personoppl, name: "poErnPlanDato", kind: Element, typ: Type{Base: Date8}, cards: cards{ZeroOrOne, ZeroOrOne}},
		PoFraDato:         {class: Personoppl, name: "poFraDato", kind: Element, typ: Type{Base: Date8}, cards: cards{One, ZeroOrOne}},
		PoTilDato:         {class: Personoppl, name: "poTilDato", kind: Element, typ: Type{Base: Date8}, cards: cards{One, ZeroOrOne}},

		// FUNKSJON.
		FnPeID:      {class: Funksjon, name: "fnPeID", kind: Attribute, typ: Type{Base: Int}, cards: cards{One, One}},
		FnFnID:      {class: Funksjon, name: "fnFnID", kind: Attribute, typ: Type{Base: Int}, cards: cards{One, One}},
		FnFunkType:  {class: Funksjon, name: "fnFunkType", kind: Element, typ: Type{Base: Short}, cards: cards{One, One}},
		FnFunkVerdi: {class: Funksjon, name: "fnFunkVerdi", kind: Element, typ: Type{Base: Enum, Allowed: "1|2|3|4|5|9"}, cards: cards{One, One}},
		FnFraDato:   {class: Funksjon, name: "fnFraDato", kind: Element, typ: Type{Base: Date8}, cards: cards{One, One}},
		FnTilDato:   {class: Funksjon, name: "fnTilDato", kind: Element, typ: Type{Base: Date8}, cards: cards{One, One}},

		// TJENESTE.
		TjPeID:          {class: Tjeneste, name: "tjPeID", kind: Attribute, typ: Type{Base: Int}, cards: cards{One, One}},
		TjTjID:          {class: Tjeneste, name: "tjTjID", kind: Attribute, typ: Type{Base: Int}, cards: cards{One, One}},
		TjVeID:          {class: Tjeneste, name: "tjVeID", kind: Attribute, typ: Type{Base: Int}, cards: cards{Absent, One}},
		TjVeNrID:        {class: Tjeneste, name: "tjVeNrID", kind: Attribute, typ: Type{Base: Int}, cards: cards{Absent, One}},
		TjTjenType:      {class: Tjeneste, name: "tjTjenType", kind: Element, typ: Type{Base: Short}, cards: cards{One, One}},
		TjTjenUnderType: {class: Tjeneste, name: "tjTjenUnderType", kind: Element, typ: Type{Base: Short}, cards: cards{ZeroOrOne, ZeroOrOne}},
		TjSoknadDato:    {class: Tjeneste, name: "tjSoknadDato", kind: Element, typ: Type{Base: Date8}, cards: cards{ZeroOrOne, ZeroOrOne}},
		TjVedtDato:      {class: Tjeneste, name: "tjVedtDato", kind: Element, typ: Type{Base: Date8}, cards: cards{One, One}},
		TjVedtak:        {class: Tjeneste, name: "tjVedtak", kind: Element, typ: Type{Base: Enum, Allowed: "1|2"}, cards: cards{ZeroOrOne, ZeroOrOne}},
		TjTimerUke:      {class: Tjeneste, name: "tjTimerUke", kind: Element, typ: Type{Base: Decimal, Max: 5, Digits: 2}, cards: cards{ZeroOrOne, ZeroOrOne}},
		TjResTimerUke:   {class: Tjeneste, name: "tjResTimerUke", kind: Element, typ: Type{Base: Decimal, Max: 5, Digits: 2}, cards: cards{ZeroOrOne, ZeroOrOne}},
		TjRullerende:    {class: Tjeneste, name: "tjRullerende", kind: Element, typ: Type{Base: Enum, Allowed: "1|2"}, cards: cards{ZeroOrOne, ZeroOrOne}},
		TjInstOrgnr:     {class: Tjeneste, name: "tjInstOrgnr", kind: Element, typ: Type{Base: Text, Max: 9}, cards: cards{ZeroOrOne, ZeroOrOne}},
		TjFraDato:       {class: Tjeneste, name: "tjFraDato", kind: Element, typ: Type{Base: Date8}, cards: cards{ZeroOrOne, ZeroOrOne}},
		TjTilDato:       {class: Tjeneste, name: "tjTilDato", kind: Element, typ: Type{Base: Date8}, cards: cards{ZeroOrOne, ZeroOrOne}},
		TjKlageMottatt:  {class: Tjeneste, name: "tjKlageMottatt", kind: Element, typ: Type{Base: Date8}, cards: cards{ZeroOrOne, ZeroOrOne}},
		TjKlageBesvart:  {class: Tjeneste, name: "tjKlageBesvart", kind: Element, typ: Type{Base: Date8}, cards: cards{ZeroOrOne, ZeroOrOne}},

		// DIAGNOSE.
		DiPeID:        {class: Diagnose, name: "diPeID", kind: Attribute, typ: Type{Base: Int}, cards: cards{One, One}},
		DiDiID:        {class: Diagnose, name: "diDiID", kind: Attribute, typ: Type{Base: Int}, cards: cards{One, One}},
		DiKodeVersjon: {class: Diagnose, name: "diKodeVersjon", kind: Element, typ: Type{Base: Enum, Allowed: "ICPC-2|ICD-10"}, cards: cards{One, One}},
		DiDiagKode:    {class: Diagnose, name: "diDiagKode", kind: Element, typ: Type{Base: Text, Max: 10}, cards: cards{One, One}},
		DiFraDato:     {class: Diagnose, name: "diFraDato", kind: Element, typ: Type{Base: Date8}, cards: cards{One, One}},
		DiTilDato:     {class: Diagnose, name: "diTilDato", kind: Element, typ: Type{Base: Date8}, cards: cards{One, One}},

		// DOGNTILBUD.
		DgPeID:      {class: Dogntilbud, name: "dgPeID", kind: Attribute, typ: Type{Base: Int}, cards: cards{One, One}},
		DgDgID:      {class: Dogntilbud, name: "dgDgID", kind: Attribute, typ: Type{Base: Int}, cards: cards{One, One}},
		DgInstOrgnr: {class: Dogntilbud, name: "dgInstOrgnr", kind: Element, typ: Type{Base: Text, Min: 9, Max: 9}, cards: cards{One, One}},
		DgFraDato:   {class: Dogntilbud, name: "dgFraDato", kind: Element, typ: Type{Base: Date8}, cards: cards{One, One}},
		DgTilDato:   {class: Dogntilbud, name: "dgTilDato", kind: Element, typ: Type{Base: Date8}, cards: cards{One, One}},
	}
	var next [NumClasses]uint8
	for f := NoField + 1; f < NumFields; f++ {
		t[f].slot = next[t[f].class]
		next[t[f].class]++
	}
	return t
}
