package feedback

import (
	_ "embed" // the built-in profile

	"iplos/internal/table"
)

//go:embed sandbox.yaml
var sandboxProfile []byte

// ListClass is the name profiles give the class of error lists.
const ListClass = "FEILLISTE"

// The fields of an error list, by place in [ListSchema].
const (
	fieldRule = iota
	fieldSeverity
	fieldClass
	fieldField
	fieldPerson
	fieldRow
	fieldLine
	fieldMessage
)

// ListSchema is what a mapping profile can say about error lists. The class
// needs no key: its rows stand alone.
func ListSchema() table.Schema {
	return table.Schema{{Name: ListClass, Header: true, Fields: []table.Field{
		fieldRule:     {Name: "rule", Required: true},
		fieldSeverity: {Name: "severity"},
		fieldClass:    {Name: "class"},
		fieldField:    {Name: "field"},
		fieldPerson:   {Name: "person"},
		fieldRow:      {Name: "row"},
		fieldLine:     {Name: "line", Kind: table.Number},
		fieldMessage:  {Name: "message"},
	}}}
}

// SandboxProfile is the profile of the sandbox's own lists.
func SandboxProfile() (*table.Profile, error) { return ReadListProfile("sandbox", sandboxProfile) }

// ReadListProfile reads a mapping profile for error lists.
func ReadListProfile(name string, data []byte) (*table.Profile, error) {
	return table.ReadProfile(name, data, ListSchema())
}
