package feedback

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSafeName(t *testing.T) {
	for in, want := range map[string]string{
		"IPLOS_2017.zip": "IPLOS_2017.zip", `..\..\x.zip`: "x.zip", "/etc/passwd": "passwd", "a:b.zip": "a_b.zip", "CON.zip": "_CON.zip",
		"nul": "_nul", "a\x00b": "a_b", "fo\u0301r.zip": "f\u00f3r.zip", ".skjult": "_skjult", "..": "fil-7", "": "fil-7", "x. . ": "x", "hva?.zip": "hva_.zip",
	} {
		if got := safeName(in, "7"); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := safeName(strings.Repeat("æ", 300)+".zip", "7"); len(got) > 200 || !strings.HasSuffix(got, "æ.zip") {
		t.Errorf("%d bytes: %q", len(got), got)
	}
}

func FuzzSafeName(f *testing.F) {
	f.Add("a.zip", "1")
	f.Add(`..\CON.zip`, "")
	f.Add("\xff\u202e.zip ", "../")
	f.Fuzz(func(t *testing.T, name, id string) {
		got := safeName(name, id)
		if got == "" || got == "." || got == ".." || len(got) > 255 || !utf8.ValidString(got) || strings.ContainsAny(got, "<>:\"/\\|?*\x00\n") || strings.HasSuffix(got, ".") || strings.HasSuffix(got, " ") {
			t.Errorf("%q became %q", name, got)
		}
	})
}

func TestHashForms(t *testing.T) {
	s := sums{sha1: "da39a3ee5e6b4b0d3255bfef95601890afd80709", sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}
	cases := []struct {
		hash        string
		same, known bool
	}{
		{s.sha1, true, true},
		{strings.ToUpper(s.sha1), true, true},
		{"2jmj7l5rSw0yVb/vlWAYkK/YBwk=", true, true},
		{" 2jmj7l5rSw0yVb/vlWAYkK/YBwk ", true, true},
		{s.sha256, true, true},
		{strings.Repeat("0", 40), false, true},
		{"", false, false},
		{"d41d8cd98f00b204e9800998ecf8427e", false, false},
		{"tull", false, false},
	}
	for _, c := range cases {
		if same, known := sameHash(c.hash, s); same != c.same || known != c.known {
			t.Errorf("%q: %v %v", c.hash, same, known)
		}
	}
	for header, want := range map[string][2]bool{
		"": {false, false}, "MD5=x": {false, false}, "SHA=2jmj7l5rSw0yVb/vlWAYkK/YBwk=": {true, true}, "sha=AAAAAAAAAAAAAAAAAAAAAAAAAAA=": {false, true},
		"MD5=x, sha-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=": {true, true}, "SHA=2jmj7l5rSw0yVb/vlWAYkK/YBwk=,SHA-256=" + strings.Repeat("A", 43) + "=": {false, true},
	} {
		if same, known := sameDigest(header, s); same != want[0] || known != want[1] {
			t.Errorf("%q: %v %v", header, same, known)
		}
	}
}
