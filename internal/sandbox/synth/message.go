package synth

import (
	"io"

	"iplos/internal/record"
)

// WriteMessage writes the municipality as an IPLOS message.
func (g *Generator) WriteMessage(w io.Writer) error {
	out := record.NewWriter(w, g.profile)
	if err := out.Header(g.Header()); err != nil {
		return err
	}
	for p := range g.Persons() {
		if err := out.Person(p); err != nil {
			return err
		}
	}
	return out.Close()
}
