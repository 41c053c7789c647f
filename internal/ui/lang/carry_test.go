package lang

import "testing"

func TestCarrying(t *testing.T) {
	commands := []string{"init", "receipt", "status", "submit"}
	for _, tc := range []struct {
		lang        Lang
		flags, id   string
		args        []any
		want, plain string
	}{
		{
			Bokmal, "--config ov/iplos.yaml", "status.next.practise", nil,
			"Øv på innsendingen med: iplos --config ov/iplos.yaml submit -i EKSPORT", "Øv på innsendingen med: iplos submit -i EKSPORT",
		},
		{
			Nynorsk, "--config 'min øving/iplos.yaml'", "config.not-found.hint", nil,
			"Kontroller stien, eller lag ei ny fil med: iplos --config 'min øving/iplos.yaml' init", "Kontroller stien, eller lag ei ny fil med: iplos init",
		},
		{ // only the text's own words are commands
			English, "--municipality 0403", "delivery.confirmation",
			[]any{"text", "iplos submit received"},
			"", "",
		},
		{ // a brace in a path is no hole
			Bokmal, "--config 'a{b}.yaml'", "send.not-confirmed.hint",
			[]any{"package", "p.tar"},
			"Send den senere med: iplos --config 'a{b}.yaml' submit --package p.tar", "Send den senere med: iplos submit --package p.tar",
		},
		{ // this one needs no settings
			Bokmal, "--config x", "config.unknown-rule.hint", nil,
			"Se reglene med: iplos rules list", "Se reglene med: iplos rules list",
		},
		{Bokmal, "", "status.next.practise", nil, "Øv på innsendingen med: iplos submit -i EKSPORT", "Øv på innsendingen med: iplos submit -i EKSPORT"},
	} {
		p := New(tc.lang)
		plain := p.T(tc.id, tc.args...)
		if tc.want == "" {
			tc.want, tc.plain = plain, plain
		}
		carrying := p.Carrying(tc.flags, commands)
		if got := carrying.T(tc.id, tc.args...); got != tc.want {
			t.Errorf("%s with %s: %q, want %q", tc.id, tc.flags, got, tc.want)
		}
		if got := carrying.Plain().T(tc.id, tc.args...); plain != tc.plain || got != tc.plain {
			t.Errorf("%s: %q and plain %q, want %q", tc.id, plain, got, tc.plain)
		}
	}
}
