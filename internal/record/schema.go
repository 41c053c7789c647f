package record

import (
	"fmt"
	"strings"
)

// Schema returns the XML schema of a profile, made from the message table:
// what the table says of names, order, number and values, and no more. The
// value patterns are those of the published 2018 schema, so that it takes a
// date like 20170231.
func Schema(p Profile) []byte {
	var s schemaWriter
	s.line(`<?xml version="1.0" encoding="UTF-8"?>`)
	s.line("<!-- The IPLOS message %s (versjon %s). -->", p.ID, p.Versjon)
	namespaces := ""
	if p.Namespace != "" {
		namespaces = fmt.Sprintf(` xmlns=%q targetNamespace=%[1]q`, p.Namespace)
	}
	s.open(`<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"%s elementFormDefault="qualified">`, namespaces)
	s.pattern("dato", datePattern)
	s.pattern("maaned", monthPattern)
	s.class(p, Iplos)
	s.close("</xs:schema>")
	return []byte(s.String())
}

// The value patterns of the published schema.
const (
	datePattern  = "[0-9]{4}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])"
	monthPattern = "[0-9]{4}(0[1-9]|1[0-2])"
)

type schemaWriter struct {
	strings.Builder
	depth int
}

func (s *schemaWriter) line(format string, args ...any) {
	s.WriteString(strings.Repeat("  ", s.depth))
	fmt.Fprintf(s, format, args...)
	s.WriteByte('\n')
}

func (s *schemaWriter) open(format string, args ...any) {
	s.line(format, args...)
	s.depth++
}

func (s *schemaWriter) close(tag string) {
	s.depth--
	s.line("%s", tag)
}

func (s *schemaWriter) pattern(name, pattern string) {
	s.open(`<xs:simpleType name=%q>`, name)
	s.open(`<xs:restriction base="xs:string">`)
	s.line(`<xs:pattern value=%q/>`, pattern)
	s.close("</xs:restriction>")
	s.close("</xs:simpleType>")
}

// class writes the element of a class with all that stands in it.
func (s *schemaWriter) class(p Profile, c Class) {
	s.open(`<xs:element name=%q%s>`, c.Element(), occurs(p.Occurs(c)))
	s.open("<xs:complexType>")
	s.open("<xs:sequence>")
	for _, f := range c.Fields() {
		if f.Kind() == Element && p.Cardinality(f) != Absent {
			s.element(p, f)
		}
		if f == IiBydelsnr && p.Occurs(Kontakt).Max != 0 {
			s.class(p, Kontakt)
		}
	}
	for child := Innhinfo; child < NumClasses; child++ {
		if child.Parent() == c && child != Kontakt {
			s.class(p, child)
		}
	}
	s.close("</xs:sequence>")
	for _, f := range c.Fields() {
		if f.Kind() == Attribute && p.Cardinality(f) != Absent {
			s.attribute(p, f)
		}
	}
	s.close("</xs:complexType>")
	s.close("</xs:element>")
}

// occurs writes how often a class stands in its parent; the root, which has
// no parent, stands once.
func occurs(o Occurs) string {
	text := ""
	if o.Min != 1 && o.Max != 0 {
		text += fmt.Sprintf(` minOccurs="%d"`, o.Min)
	}
	switch {
	case o.Max < 0:
		text += ` maxOccurs="unbounded"`
	case o.Max > 1:
		text += fmt.Sprintf(` maxOccurs="%d"`, o.Max)
	}
	return text
}

func (s *schemaWriter) element(p Profile, f Field) {
	optional := ""
	if p.Cardinality(f) == ZeroOrOne {
		optional = ` minOccurs="0"`
	}
	if name := f.Type().schemaName(); name != "" {
		s.line(`<xs:element name=%q type=%q%s/>`, f.Name(), name, optional)
		return
	}
	s.open(`<xs:element name=%q%s>`, f.Name(), optional)
	s.restriction(f.Type())
	s.close("</xs:element>")
}

func (s *schemaWriter) attribute(p Profile, f Field) {
	use := "required"
	if p.Cardinality(f) == ZeroOrOne {
		use = "optional"
	}
	fixed := ""
	if f == Versjon {
		fixed = fmt.Sprintf(" fixed=%q", p.Versjon)
	}
	s.line(`<xs:attribute name=%q type=%q use=%q%s/>`, f.Name(), f.Type().schemaName(), use, fixed)
}

// schemaName returns the name of a type that needs no restriction of its
// own, else nothing.
func (t Type) schemaName() string {
	switch t.Base {
	case Int:
		return "xs:int"
	case Short:
		return "xs:short"
	case Date8:
		return "dato"
	case Month6:
		return "maaned"
	case Text:
		if t.Min == 0 && (t.Max == 0 || t.Max == Unbounded) {
			return "xs:string"
		}
	case Enum, Decimal:
	}
	return ""
}

func (s *schemaWriter) restriction(t Type) {
	base := "xs:string"
	if t.Base == Decimal {
		base = "xs:decimal"
	}
	s.open("<xs:simpleType>")
	s.open(`<xs:restriction base=%q>`, base)
	switch {
	case t.Base == Enum:
		for _, v := range t.Values() {
			s.line(`<xs:enumeration value=%q/>`, v)
		}
	case t.Base == Decimal:
		s.line(`<xs:totalDigits value="%d"/>`, t.Max)
		s.line(`<xs:fractionDigits value="%d"/>`, t.Digits)
	case t.Min == t.Max:
		s.line(`<xs:length value="%d"/>`, t.Min)
	default:
		s.line(`<xs:minLength value="%d"/>`, t.Min)
		s.line(`<xs:maxLength value="%d"/>`, t.Max)
	}
	s.close("</xs:restriction>")
	s.close("</xs:simpleType>")
}
