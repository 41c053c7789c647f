package ident

import (
	"strings"
	"testing"
)

func TestDetect(t *testing.T) {
	found := []string{
		"10915596784", "person 10915596784 mangler", "<peFnr>10915596784</peFnr>", "x10915596784x",
		"109155 96784", "109155\u00a096784", "109155-96784", "109155.96784", "109155%2096784",
		"10 91 55 96784", "10.91.55.96784", "10 915 596 784", "10\u00a0915\u00a0596\u00a0784", "10,915,596,784",
		"19779998080", "10915596784 og 19779998080", "4 10915596784",
	}
	for _, text := range found {
		if !Contains(text) {
			t.Errorf("nothing found in %q", text)
		}
		red := Redact(text)
		if Contains(red) || !strings.Contains(red, Redacted) || strings.Contains(red, "96784") {
			t.Errorf("%q became %q", text, red)
		}
	}
	clean := []string{
		"", "10915596785", "109155967841", "910915596784", "109155  96784", "1091559678", "20180115",
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "983163327", "91186094111", "109155 967840",
		"10 91 55 967841", "10 915 596 7841", "1 234 567",
	}
	for _, text := range clean {
		if b, e, ok := Find(text, 0); ok {
			t.Errorf("found %q in %q", text[b:e], text)
		}
		if Redact(text) != text {
			t.Errorf("%q was changed", text)
		}
	}
	if got := Redact("a 10915596784 b 19779998080 c"); got != "a [redacted] b [redacted] c" {
		t.Errorf("got %q", got)
	}
}

func FuzzRedact(f *testing.F) {
	f.Add("10915596784")
	f.Add("109155 96784 10 915 596 784")
	f.Add("1091559678410915596784")
	f.Fuzz(func(t *testing.T, text string) {
		red := Redact(text)
		if Contains(red) {
			t.Errorf("%q still holds a number after redaction: %q", text, red)
		}
	})
}

func BenchmarkContains(b *testing.B) {
	text := strings.Repeat("level=info msg=\"file read\" persons=400 bytes=1911460 sha256=e3b0c44298fc1c14 ", 10)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Contains(text)
	}
}
