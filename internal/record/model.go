package record

import "strings"

// Class is a kind of row in the message. Names follow the message.
type Class uint8

// The classes of the message, in the order they appear.
const (
	NoClass Class = iota
	Iplos
	Innhinfo
	Kontakt
	PersonRow
	Personoppl
	Funksjon
	Tjeneste
	Diagnose
	Dogntilbud

	NumClasses
)

// String returns the class name the message and the reports use
// ("TJENESTE"); for the contact group that is "KONTAKT" although its element
// is iiKontakt, see [Class.Element].
func (c Class) String() string { return classes[c].name }

// Element returns the XML element name of the class.
func (c Class) Element() string { return classes[c].element }

// Parent returns the class a row of this class stands in, or NoClass for the
// root.
func (c Class) Parent() Class { return classes[c].parent }

// Fields returns the fields of the class in message order, attributes first.
// The slice is shared; do not change it.
func (c Class) Fields() []Field { return classes[c].fields }

// PersonIDField returns the attribute that repeats pePeID in a child row
// (tjPeID), or NoField.
func (c Class) PersonIDField() Field { return classes[c].personID }

// RowIDField returns the attribute that identifies the row within its class
// (tjTjID; pePeID for PERSON), or NoField.
func (c Class) RowIDField() Field { return classes[c].rowID }

// ClassByName returns the class with that name ("TJENESTE"), or NoClass.
func ClassByName(name string) Class {
	for c := Iplos; c < NumClasses; c++ {
		if classes[c].name == name {
			return c
		}
	}
	return NoClass
}

// ChildClasses returns the classes repeated inside PERSON, in message order.
func ChildClasses() []Class {
	return []Class{Personoppl, Funksjon, Tjeneste, Diagnose, Dogntilbud}
}

// Kind tells an attribute from an element.
type Kind uint8

// The two kinds of field.
const (
	Element Kind = iota + 1
	Attribute
)

// Base is the lexical type of a value.
type Base uint8

// The lexical types of the message. Date8 is yyyymmdd and Month6 yyyymm,
// both checked by pattern only, as the published schema does: 20170231 has
// the right form.
const (
	Text Base = iota + 1
	Enum
	Int
	Short
	Decimal
	Date8
	Month6
)

// Unbounded as a Type's Max means that the schema sets no upper length.
const Unbounded = -1

// Type says which texts a field may hold.
type Type struct {
	Base Base
	// Min and Max bound the length in characters of a Text; for a Decimal,
	// Max is the total number of digits.
	Min, Max int
	// Digits is the number of decimals a Decimal may have.
	Digits int
	// Allowed lists an Enum's values, joined by "|".
	Allowed string
}

// Values returns the allowed values of an Enum.
func (t Type) Values() []string { return strings.Split(t.Allowed, "|") }

// Cardinality says how often a field stands in its row.
type Cardinality uint8

// The cardinalities the two known profiles use.
const (
	Absent Cardinality = iota
	ZeroOrOne
	One
)

// Field is one attribute or element of the message. The constants carry the
// message's own names with a capital letter: tjInstOrgnr is TjInstOrgnr.
type Field uint8

// The fields of the message in message order.
const (
	NoField Field = iota

	// IPLOS.
	Versjon

	// INNHINFO.
	IiInnhType
	IiKomnr
	IiBydelsnr
	IiFraDato
	IiTilDato
	IiLagetDato
	IiSysID
	IiSysVersjon
	IiLopenr

	// KONTAKT, the element iiKontakt; its four elements have no prefix of their own.
	KontaktType
	KontaktNavn
	KontaktTelefon
	KontaktEpost

	// PERSON.
	PePeID
	PeFnr
	PeAlder
	PeKjonn
	PeKomnr
	PeBydelsnr
	PeDiagReserv
	PeFraDato
	PeDodDato
	PeEndrDato

	// PERSONOPPL.
	PoPeID
	PoPoID
	PoHusstand
	PoOmsorgBarn
	PoPrivHjelp
	PoBoligTilr
	PoVurdTann
	PoVurdLege
	PoIndPlan
	PoHarKoordinator
	PoArbBistBehov
	PoArbBistMottar
	PoArbTranspBehov
	PoArbTranspMottar
	PoFriBistBehov
	PoFriBistMottar
	PoFriTranspBehov
	PoFriTranspMottar
	PoLegeMiddGj
	PoLegeMiddGjDato
	PoErnKartlagt
	PoErnKartlagtDato
	PoErnRisiko
	PoErnRisikoDato
	PoErnPlan
	PoErnPlanDato
	PoFraDato
	PoTilDato

	// FUNKSJON.
	FnPeID
	FnFnID
	FnFunkType
	FnFunkVerdi
	FnFraDato
	FnTilDato

	// TJENESTE.
	TjPeID
	TjTjID
	TjVeID
	TjVeNrID
	TjTjenType
	TjTjenUnderType
	TjSoknadDato
	TjVedtDato
	TjVedtak
	TjTimerUke
	TjResTimerUke
	TjRullerende
	TjInstOrgnr
	TjFraDato
	TjTilDato
	TjKlageMottatt
	TjKlageBesvart

	// DIAGNOSE.
	DiPeID
	DiDiID
	DiKodeVersjon
	DiDiagKode
	DiFraDato
	DiTilDato

	// DOGNTILBUD.
	DgPeID
	DgDgID
	DgInstOrgnr
	DgFraDato
	DgTilDato
	NumFields
)

// Name returns the field's name in the message ("tjInstOrgnr").
func (f Field) Name() string { return fields[f].name }

// Class returns the class the field belongs to.
func (f Field) Class() Class { return fields[f].class }

// Kind tells whether the field is an attribute or an element.
func (f Field) Kind() Kind { return fields[f].kind }

// Type returns the field's lexical type.
func (f Field) Type() Type { return fields[f].typ }

// Slot returns the field's place within its class, from 0.
func (f Field) Slot() int { return int(fields[f].slot) }

// FieldByName returns the field with that name in that class, or NoField.
func FieldByName(c Class, name string) Field {
	for _, f := range c.Fields() {
		if fields[f].name == name {
			return f
		}
	}
	return NoField
}
