package ui

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"iplos/internal/ui/lang"
)

func TestWrap(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"short", "kort\n", "kort\n"},
		{"exactly the window leaves no column free", "aaaa bbbb cccc dddd e\n", "aaaa bbbb cccc dddd\ne\n"},
		{"a word wider than the window stays whole", strings.Repeat("x", 30) + " y\n", strings.Repeat("x", 30) + "\ny\n"},
		{"no line end", "aaaa bbbb cccc dddd eeee", "aaaa bbbb cccc dddd\neeee"},
		{"under the text of a row", "OK  Nett  aaa bbb ccc\n", "OK  Nett  aaa bbb\n          ccc\n"},
		{"under a mark", "  → aaaa bbbb cccc dddd\n", "  → aaaa bbbb cccc\n    dddd\n"},
		{"under an earlier column where the last leaves no room", "OK  Nettet   12 ms  aaaa bbbb\n", "OK  Nettet   12 ms\n    aaaa bbbb\n"},
		{"letters, not bytes", "ææææ øøøø åååå æø å\n", "ææææ øøøø åååå æø å\n"},
		{"a command to run is one piece", "Send den med: iplos submit -i x\n", "Send den med:\niplos submit -i x\n"},
		{"a quoted command too", "Se etter med «iplos status --all» nå\n", "Se etter med\n«iplos status --all»\nnå\n"},
		{"a quoted file is no command", "«iplos-0403.tar 10 752 den tredje»\n", "«iplos-0403.tar 10\n752 den tredje»\n"},
		{"until a comma", "kjør: iplos a b, eller vent litt til\n", "kjør: iplos a b,\neller vent litt til\n"},
		{"colours take no room", "\x1b[1maaaa:\x1b[0m bbb cccc dddd\n", "\x1b[1maaaa:\x1b[0m bbb cccc dddd\n"},
		{"each line by itself", "a\n\naaaa bbbb cccc dddd eeee\n", "a\n\naaaa bbbb cccc dddd\neeee\n"},
	} {
		if got := wrap(c.text, 20); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// What is not for a person is left as it is.
func TestTextIsWrappedOnlyOnATerminal(t *testing.T) {
	long := strings.Repeat("ord ", 40) + "→ slutt"
	for _, tty := range []bool{true, false} {
		term, out, errs := screen("", Options{Lang: lang.Bokmal})
		term.outTTY, term.errTTY = tty, tty
		for stream, write := range map[*bytes.Buffer]interface{ Write([]byte) (int, error) }{out: term.OutText(), errs: term.ErrText()} {
			if n, err := write.Write([]byte(long)); n != len(long) || err != nil {
				t.Errorf("%d, %v", n, err)
			}
			if wrapped := stream.String() != long; wrapped != tty {
				t.Errorf("a terminal %v: %q", tty, stream)
			}
		}
	}
}

// codePage850 is what an old Norwegian console can show beside ASCII.
const codePage850 = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0"

// Every sign of the catalogue is one that an old console has, or has another
// form there. A terminal without escape sequences gets those.
func TestTextsInAnOldConsole(t *testing.T) {
	plain := plainSigns()
	files, err := filepath.Glob("lang/catalog/*/*.yaml")
	if err != nil || len(files) < 3*len(lang.Languages()) {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range plain.Replace(string(text)) {
			if r >= utf8.RuneSelf && !strings.ContainsRune(codePage850, r) {
				t.Errorf("%s holds %q, which code page 850 lacks", file, r)
			}
		}
	}
	t.Setenv("TERM", "dumb")
	term, out, _ := screen("", Options{Lang: lang.Bokmal, Color: "auto"})
	if _, err := term.OutText().Write([]byte("→ vent – så «kjør»…\n")); err != nil || out.String() != "-> vent - så «kjør»...\n" {
		t.Errorf("%q, %v", out, err)
	}
	if term.Colored() || term.ColoredOut() {
		t.Error("colours without escape sequences")
	}
}
