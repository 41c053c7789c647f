package main

// person is the message as encoding/xml is usually given it: a struct with a
// string for each value.
type person struct {
	PePeID       string       `xml:"pePeID,attr"`
	PeFnr        string       `xml:"peFnr"`
	PeAlder      string       `xml:"peAlder"`
	PeKjonn      string       `xml:"peKjonn"`
	PeKomnr      string       `xml:"peKomnr"`
	PeBydelsnr   string       `xml:"peBydelsnr"`
	PeDiagReserv string       `xml:"peDiagReserv"`
	PeFraDato    string       `xml:"peFraDato"`
	PeDodDato    string       `xml:"peDodDato"`
	PeEndrDato   string       `xml:"peEndrDato"`
	Personoppl   []personoppl `xml:"PERSONOPPL"`
	Funksjon     []funksjon   `xml:"FUNKSJON"`
	Tjeneste     []tjeneste   `xml:"TJENESTE"`
	Diagnose     []diagnose   `xml:"DIAGNOSE"`
	Dogntilbud   []dogntilbud `xml:"DOGNTILBUD"`
}

type personoppl struct {
	PoPeID            string `xml:"poPeID,attr"`
	PoPoID            string `xml:"poPoID,attr"`
	PoHusstand        string `xml:"poHusstand"`
	PoOmsorgBarn      string `xml:"poOmsorgBarn"`
	PoPrivHjelp       string `xml:"poPrivHjelp"`
	PoBoligTilr       string `xml:"poBoligTilr"`
	PoVurdTann        string `xml:"poVurdTann"`
	PoVurdLege        string `xml:"poVurdLege"`
	PoIndPlan         string `xml:"poIndPlan"`
	PoHarKoordinator  string `xml:"poHarKoordinator"`
	PoArbBistBehov    string `xml:"poArbBistBehov"`
	PoArbBistMottar   string `xml:"poArbBistMottar"`
	PoArbTranspBehov  string `xml:"poArbTranspBehov"`
	PoArbTranspMottar string `xml:"poArbTranspMottar"`
	PoFriBistBehov    string `xml:"poFriBistBehov"`
	PoFriBistMottar   string `xml:"poFriBistMottar"`
	PoFriTranspBehov  string `xml:"poFriTranspBehov"`
	PoFriTranspMottar string `xml:"poFriTranspMottar"`
	PoLegeMiddGj      string `xml:"poLegeMiddGj"`
	PoLegeMiddGjDato  string `xml:"poLegeMiddGjDato"`
	PoErnKartlagt     string `xml:"poErnKartlagt"`
	PoErnKartlagtDato string `xml:"poErnKartlagtDato"`
	PoErnRisiko       string `xml:"poErnRisiko"`
	PoErnRisikoDato   string `xml:"poErnRisikoDato"`
	PoErnPlan         string `xml:"poErnPlan"`
	PoErnPlanDato     string `xml:"poErnPlanDato"`
	PoFraDato         string `xml:"poFraDato"`
	PoTilDato         string `xml:"poTilDato"`
}

type funksjon struct {
	FnPeID      string `xml:"fnPeID,attr"`
	FnFnID      string `xml:"fnFnID,attr"`
	FnFunkType  string `xml:"fnFunkType"`
	FnFunkVerdi string `xml:"fnFunkVerdi"`
	FnFraDato   string `xml:"fnFraDato"`
	FnTilDato   string `xml:"fnTilDato"`
}

type tjeneste struct {
	TjPeID          string `xml:"tjPeID,attr"`
	TjTjID          string `xml:"tjTjID,attr"`
	TjTjenType      string `xml:"tjTjenType"`
	TjTjenUnderType string `xml:"tjTjenUnderType"`
	TjSoknadDato    string `xml:"tjSoknadDato"`
	TjVedtDato      string `xml:"tjVedtDato"`
	TjVedtak        string `xml:"tjVedtak"`
	TjTimerUke      string `xml:"tjTimerUke"`
	TjResTimerUke   string `xml:"tjResTimerUke"`
	TjRullerende    string `xml:"tjRullerende"`
	TjInstOrgnr     string `xml:"tjInstOrgnr"`
	TjFraDato       string `xml:"tjFraDato"`
	TjTilDato       string `xml:"tjTilDato"`
	TjKlageMottatt  string `xml:"tjKlageMottatt"`
	TjKlageBesvart  string `xml:"tjKlageBesvart"`
}

type diagnose struct {
	DiPeID        string `xml:"diPeID,attr"`
	DiDiID        string `xml:"diDiID,attr"`
	DiKodeVersjon string `xml:"diKodeVersjon"`
	DiDiagKode    string `xml:"diDiagKode"`
	DiFraDato     string `xml:"diFraDato"`
	DiTilDato     string `xml:"diTilDato"`
}

type dogntilbud struct {
	DgPeID      string `xml:"dgPeID,attr"`
	DgDgID      string `xml:"dgDgID,attr"`
	DgInstOrgnr string `xml:"dgInstOrgnr"`
	DgFraDato   string `xml:"dgFraDato"`
	DgTilDato   string `xml:"dgTilDato"`
}
