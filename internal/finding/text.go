package finding

import (
	"fmt"
	"strconv"
)

// The types below are arguments that stand for texts of the language
// catalogue, so that a finding carries numbers and ids only and is shown in
// any language. Their CatalogTexts method gives the ids, and the arguments of
// those texts; nil arguments are those of the finding itself.

// TextID is the id of a text.
type TextID string

// CatalogTexts returns the id.
func (t TextID) CatalogTexts() (ids []string, args []any) { return []string{string(t)}, nil }

// ServiceCode is a service code, shown as the service's name.
type ServiceCode int

// CatalogTexts returns the id of the service's name.
func (c ServiceCode) CatalogTexts() (ids []string, args []any) {
	return []string{"register.service." + strconv.Itoa(int(c))}, nil
}

// FunctionSet is a set of function variables, bit n for variable n, shown as
// their names with commas between.
type FunctionSet int

// CatalogTexts returns the ids of the variables' names.
func (s FunctionSet) CatalogTexts() (ids []string, args []any) {
	for n := 1; s>>n != 0; n++ {
		if s>>n&1 == 1 {
			ids = append(ids, "register.function."+strconv.Itoa(n))
		}
	}
	return ids, nil
}

// Place is the name of a service place, shown as a sentence of its own after
// a space; the empty Place is shown as nothing.
type Place string

// CatalogTexts returns the id of the sentence, none for the empty Place.
func (p Place) CatalogTexts() (ids []string, args []any) {
	if p == "" {
		return nil, nil
	}
	return []string{"rule.place"}, []any{"place", string(p)}
}

// Hundredths is a number with two decimals, as its hundredths: shown with the
// language's decimal mark.
type Hundredths int

// CatalogTexts returns the id of the number's form.
func (n Hundredths) CatalogTexts() (ids []string, args []any) {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	return []string{"rule.decimal"}, []any{"whole", sign + strconv.Itoa(int(n/100)), "part", fmt.Sprintf("%02d", int(n%100))}
}

// FieldName is a field of the message, shown as what it is called in plain
// words.
type FieldName string

// CatalogTexts returns the id of the field's name.
func (f FieldName) CatalogTexts() (ids []string, args []any) {
	return []string{"register.field." + string(f)}, nil
}
