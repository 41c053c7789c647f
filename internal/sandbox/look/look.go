// Package look is how the sandbox's web pages look. Each site has its own
// colour, so that a person with two of them open sees which is which.
package look

import (
	_ "embed" // the style sheet
	"io"
	"net/http"
)

//go:embed stil.css
var styleSheet string

// Colours are a site's own: of headings, and of the edge of buttons.
type Colours struct{ Accent, Edge string }

// Style serves the style sheet in a site's colours.
func Style(c Colours) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		_, _ = io.WriteString(w, ":root { --accent: "+c.Accent+"; --edge: "+c.Edge+"; }\n"+styleSheet)
	}
}
