package synth

import (
	"math/rand/v2"
	"slices"

	"iplos/internal/record"
)

// shuffler hands rows to their sheets, at once or, when it holds, in another
// order at the end.
type shuffler struct {
	seed uint64
	hold bool
	held []heldRow
}

type heldRow struct {
	sheet *sheet
	cells []string
}

func (sh *shuffler) add(s *sheet, r record.Row) error {
	cells := s.texts(r)
	if !sh.hold {
		return s.write(cells)
	}
	sh.held = append(sh.held, heldRow{s, slices.Clone(cells)})
	return nil
}

func (sh *shuffler) finish() error {
	rng := rand.New(rand.NewPCG(sh.seed, uint64(len(sh.held))))
	rng.Shuffle(len(sh.held), func(i, j int) { sh.held[i], sh.held[j] = sh.held[j], sh.held[i] })
	for _, h := range sh.held {
		if err := h.sheet.write(h.cells); err != nil {
			return err
		}
	}
	return nil
}
