package feedback

import (
	"strings"
	"testing"

	"iplos/internal/feedback/moveit"
)

func TestLedgerHas(t *testing.T) {
	hash := strings.Repeat("1", 40)
	l := &Ledger{entries: []LedgerEntry{{Host: "https://a", ID: "7", Bytes: 4, SHA1: hash}}}
	for name, c := range map[string]struct {
		host string
		file moveit.File
		want bool
	}{
		"the same":       {"https://a", moveit.File{ID: "7", Bytes: 4, Hash: hash}, true},
		"no hash":        {"https://a", moveit.File{ID: "7", Bytes: 4}, true},
		"another server": {"https://b", moveit.File{ID: "7", Bytes: 4, Hash: hash}, false},
		"another id":     {"https://a", moveit.File{ID: "07", Bytes: 4, Hash: hash}, false},
		"another size":   {"https://a", moveit.File{ID: "7", Bytes: 5, Hash: hash}, false},
		"another hash":   {"https://a", moveit.File{ID: "7", Bytes: 4, Hash: strings.Repeat("2", 40)}, false},
	} {
		if got := l.Has(c.host, c.file); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
