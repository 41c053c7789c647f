package secret_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"text/template"

	"iplos/internal/secret"
)

const hidden = "hemmelig-ord-4711"

// forms are the ways in which the secret could show in a text.
func forms() []string {
	b := []byte(hidden)
	out := []string{hidden, fmt.Sprintf("%x", b), fmt.Sprintf("%X", b), fmt.Sprintf("% x", b)}
	for _, verb := range []string{"%d %d", "%c %c", "%U %U", "%o %o", "%b %b", "%#x, %#x"} {
		out = append(out, fmt.Sprintf(verb, b[0], b[1]))
	}
	return out
}

func shows(text string) bool {
	for _, f := range forms() {
		if strings.Contains(text, f) {
			return true
		}
	}
	return false
}

// holders are things that hold the secret in every way code can.
func holders() map[string]any {
	v := secret.FromString(hidden)
	type open struct{ PIN secret.Value }
	type closed struct{ pin secret.Value }
	type deep struct {
		inner *closed
		all   []secret.Value
		by    map[string]secret.Value
	}
	return map[string]any{
		"value": v, "pointer": &v, "slice": []secret.Value{v}, "map": map[string]secret.Value{"a": v},
		"field": open{v}, "pointer to field": &open{v},
		// A method is out of fmt's reach here, so that the type must hide it.
		"hidden field": closed{v}, "pointer to hidden field": &closed{v},
		"deep":  deep{&closed{v}, []secret.Value{v}, map[string]secret.Value{"a": v}},
		"error": fmt.Errorf("logging in with %v: %w", v, errors.New("refused")),
	}
}

// Whatever prints a secret prints something else.
func TestNothingPrintsIt(t *testing.T) {
	for name, h := range holders() {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%d", "%c", "%U", "%o", "%b", "%T", "%5.2f"} {
			if text := fmt.Sprintf(verb, h); shows(text) {
				t.Errorf("%s by %s: %s", name, verb, text)
			}
		}
		var out bytes.Buffer
		slog.New(slog.NewTextHandler(&out, nil)).Info("said", "it", h)
		slog.New(slog.NewJSONHandler(&out, nil)).Info("said", "it", h)
		if asJSON, err := json.Marshal(h); err == nil {
			out.Write(asJSON)
		}
		if asXML, err := xml.Marshal(h); err == nil {
			out.Write(asXML)
		}
		if err := template.Must(template.New("").Parse("{{.}} {{printf `%x` .}}")).Execute(&out, h); err != nil {
			t.Fatal(err)
		}
		if shows(out.String()) {
			t.Errorf("%s: %s", name, out.String())
		}
	}
	if text := fmt.Sprint(secret.FromString(hidden)); text != secret.Redacted {
		t.Errorf("a secret prints as %q", text)
	}
}

func TestWipe(t *testing.T) {
	b := []byte(hidden)
	v := secret.New(b)
	other := v
	if v.Len() != len(hidden) || string(v.Reveal()) != hidden || v.IsZero() {
		t.Fatal("not the secret that was given")
	}
	v.Wipe()
	if !bytes.Equal(b, make([]byte, len(hidden))) {
		t.Errorf("the bytes are %q after wiping", b)
	}
	if !other.IsZero() || other.Reveal() != nil {
		t.Error("a copy still holds the secret")
	}
	v.Wipe() // again is no harm
	secret.Value{}.Wipe()
}

func TestEqual(t *testing.T) {
	v := secret.FromString(hidden)
	for text, same := range map[string]bool{hidden: true, hidden + "x": false, "": false, strings.ToUpper(hidden): false} {
		if v.Equal(secret.FromString(text)) != same {
			t.Errorf("equal to %q: not %v", text, same)
		}
	}
	if zero := (secret.Value{}); !zero.IsZero() || !zero.Equal(secret.FromString("")) || zero.Len() != 0 {
		t.Error("the zero value is not the empty secret")
	}
}
