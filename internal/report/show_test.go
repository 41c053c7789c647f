package report

import (
	"os"
	"testing"

	"iplos/internal/ui/lang"
)

func TestShow(t *testing.T) {
	dir := os.Getenv("SHOW")
	if dir == "" {
		t.Skip()
	}
	for _, f := range Formats() {
		r := sample()
		os.WriteFile(dir+"/r"+f.Extension, []byte(render(t, f, r, lang.Bokmal)), 0o600)
	}
}
