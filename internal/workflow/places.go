package workflow

import (
	"errors"
	"io"
	"os"
	"strings"

	"iplos/internal/fault"
	"iplos/internal/ident"
	"iplos/internal/table"
)

// servicePlaces reads the municipality's list of service places: a CSV file
// with an organisation number in some column of each row and, in the next
// column that has letters, its name. A row without a number, such as the
// heading, is passed over.
func servicePlaces(path string) (map[string]string, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.Wrap(err, fault.Usage, "config.places-unreadable", "file", path)
	}
	defer f.Close() //nolint:errcheck // only read from
	rows, err := table.OpenCSV(path, f, nil, table.Format{Quote: '"', NoHeader: true, ShortRows: true})
	if err != nil {
		return nil, err
	}
	places := map[string]string{}
	for {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, table.Fault(path, err)
		}
		addPlace(places, row)
	}
	if len(places) == 0 {
		return nil, fault.New(fault.Usage, "config.no-places", "file", path)
	}
	return places, nil
}

func addPlace(places map[string]string, row [][]byte) {
	number := ""
	for _, cell := range row {
		text := strings.TrimSpace(string(cell))
		switch {
		case number == "" && ident.ValidOrgnr([]byte(strings.ReplaceAll(text, " ", ""))):
			number = strings.ReplaceAll(text, " ", "")
			places[number] = ""
		case number != "" && places[number] == "" && strings.Trim(text, "0123456789 ") != "":
			places[number] = text
		}
	}
}
