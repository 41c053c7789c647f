package feedback

import (
	_ "embed" // the built-in profile
	"errors"
	"slices"

	"iplos/internal/fault"
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
	p, err := table.ReadProfile(name, data, ListSchema())
	if err != nil {
		return nil, ofLists(err)
	}
	rule := ListSchema()[0].Fields[fieldRule].Name
	for _, t := range p.Tables {
		if !t.ByName && !slices.ContainsFunc(t.Fields, func(f table.FieldMap) bool { return f.Field == rule }) {
			return nil, fault.New(fault.Usage, "feedback.learn.rule", "file", name, "line", t.Line)
		}
	}
	return p, nil
}

// ofLists gives a profile's fault the words that fit one for lists, where
// those for exports say something else.
func ofLists(err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return err
	}
	switch f.ID {
	case "table.profile.empty":
		return fault.Wrap(err, f.Kind, "feedback.profile.empty", f.Args...)
	case "table.profile.large":
		return fault.Wrap(err, f.Kind, "feedback.profile.large", f.Args...)
	default:
		return err
	}
}
