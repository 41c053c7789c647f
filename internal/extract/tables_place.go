package extract

// tablePlace is where a table's lines begin in the numbers that records carry.
type tablePlace struct {
	file string
	base int
}

// place finds the table whose lines a number is among.
func (t *tables) place(line int) (string, int) {
	for i := len(t.places) - 1; i >= 0; i-- {
		p := t.places[i]
		switch {
		case line <= p.base:
		case p.file == "": // made, and in no file
			return "", 0
		default:
			return p.file, line - p.base
		}
	}
	return "", line
}

// line is the number that place turns into a line of a file, also of one
// that was not read so far.
func (t *tables) line(file string, inFile int) int {
	for _, p := range t.places {
		if p.file == file {
			return p.base + inFile
		}
	}
	t.places = append(t.places, tablePlace{file, t.lines})
	return t.lines + inFile
}

// stop ends the reading of damaged tables: the sum is to be that of whole
// files, and an account that stops on the way would not add up.
func (t *tables) stop() {
	t.loaded, *t.ledger = true, ledger{}
	t.in.drain()
	for _, o := range t.open {
		o.table.SumUp(drainBytes)
	}
}
