package extract

import (
	"slices"
	"strings"

	"iplos/internal/table"
)

const kindWorkbook = "xlsx"

// workbookSource is an XLSX workbook with a sheet for each table.
func workbookSource() Source {
	return Source{
		Kind: kindWorkbook,
		recognises: func(h head) bool {
			return h.zip && slices.ContainsFunc(h.entries, func(n string) bool {
				return strings.HasPrefix(n, "xl/") && strings.HasPrefix(n[3:], "workbook.")
			})
		},
		open:   openTables,
		tables: workbookTables,
	}
}

func workbookTables(in *input) (*table.Set, error) {
	r, size, err := in.random()
	if err != nil {
		return nil, err
	}
	return table.OpenWorkbook(in.shown(), r, size)
}
