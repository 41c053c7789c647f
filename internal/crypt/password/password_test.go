package password_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"iplos/internal/crypt/password"
	"iplos/internal/fault"
	"iplos/internal/secret"
)

func TestGenerated(t *testing.T) {
	form := regexp.MustCompile(`^[a-hjkmnp-z2-9]{4}(-[a-hjkmnp-z2-9]{4}){5}$`)
	seen := map[string]bool{}
	counts := map[byte]int{}
	for range 2000 {
		v := password.Generate()
		text := string(v.Reveal())
		if !form.MatchString(text) || seen[text] {
			t.Fatalf("generated %q", text)
		}
		if err := password.Check(v); err != nil {
			t.Fatal(err)
		}
		seen[text] = true
		for i := range len(text) {
			counts[text[i]]++
		}
	}
	delete(counts, '-')
	if len(counts) != 31 {
		t.Errorf("%d different letters", len(counts))
	}
	for c, n := range counts { // 48000 draws from 31: 1548 each, deviation 39
		if n < 1300 || n > 1800 {
			t.Errorf("%c came %d times", c, n)
		}
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		text string
		want string
	}{
		{"fire-korte-ord-her", ""},
		{"åååååååååååååååå", ""},
		{"ååååååååååååååå", "password.short"},
		{"kort", "password.short"},
		{"", "password.short"},
		{strings.Repeat("x", 99), ""},
		{strings.Repeat("x", 100), "password.long"},
		{strings.Repeat("å", 50), "password.long"},
		{"linje\nto-og-litt-til", "password.characters"},
		{"ugyldig\xff-og-litt-til", "password.characters"},
	} {
		err := password.Check(secret.FromString(c.text))
		got := ""
		if f, ok := errors.AsType[*fault.Error](err); ok {
			got = f.ID
		}
		if got != c.want {
			t.Errorf("%q: %v, want %q", c.text, err, c.want)
		}
	}
}

func TestVerifier(t *testing.T) {
	right := secret.FromString("det-riktige-passordet")
	v := password.NewVerifier(right)
	if v == password.NewVerifier(right) {
		t.Error("no salt")
	}
	if strings.Contains(v, "riktige") || !strings.HasPrefix(v, "$argon2id$v=19$m=65536,t=3,p=4$") {
		t.Errorf("verifier %q", v)
	}
	if ok, err := password.Verify(v, right); !ok || err != nil {
		t.Errorf("right: %v, %v", ok, err)
	}
	if ok, err := password.Verify(v, secret.FromString("et-galt-passord-her")); ok || err != nil {
		t.Errorf("wrong: %v, %v", ok, err)
	}
	for _, bad := range []string{"", "x", strings.Replace(v, "m=65536", "m=4194304", 1), v[:len(v)-1], v + "A", v + "$x"} {
		if ok, err := password.Verify(bad, right); ok || !errors.Is(err, password.ErrVerifier) {
			t.Errorf("%q: %v, %v", bad, ok, err)
		}
	}
}
