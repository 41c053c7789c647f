package extract

import (
	"slices"
	"strings"

	"iplos/internal/finding"
	"iplos/internal/table"
)

const kindCSV = "csv"

// csvSource is CSV tables: in a folder, in a zip archive, or a single one.
func csvSource() Source {
	return Source{
		Kind: kindCSV,
		recognises: func(h head) bool {
			return h.folder || h.zip || looksLikeTable(h.text)
		},
		open:   openTables,
		tables: csvTables,
	}
}

func csvTables(in *input) (*table.Set, error) {
	switch {
	case in.folder:
		set, err := table.OpenFolder(in.path)
		if err != nil {
			return nil, unreadable(in.path, err)
		}
		return set, nil
	case in.head.zip:
		r, size, err := in.random()
		if err != nil {
			return nil, err
		}
		return table.OpenZip(in.shown(), r, size)
	default:
		return table.OpenStream(in.name(), in.stream), nil
	}
}

// folderInput sums up a folder: the digest is that of a list of the digests
// and names of the files read, as sha256sum prints it, in the order of names.
func folderInput(path string, set *table.Set) finding.Input {
	var list []string
	total := int64(0)
	for _, t := range set.Tables {
		if s := t.Sum(); s != nil {
			list = append(list, s.SHA256()+"  "+s.File+"\n")
			total += s.Bytes
		}
	}
	slices.SortFunc(list, func(a, b string) int { return strings.Compare(a[64:], b[64:]) })
	sum := table.NewSum(path)
	_, _ = sum.Write([]byte(strings.Join(list, ""))) // a hash does not fail
	return finding.Input{Path: path, SHA256: sum.SHA256(), Bytes: total}
}
