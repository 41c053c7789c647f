package aeszip

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"iplos/internal/fault"
)

func crcOf(s string) []byte {
	return binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(s)))
}

func TestRefusedNames(t *testing.T) {
	long := strings.Repeat("a", 256)
	cases := map[string]string{
		"/etc/x": "zip.name.absolute", "//server/x": "zip.name.absolute",
		"../x": "zip.name.parent", "a/../../x": "zip.name.parent", "./x": "zip.name.parent", "..": "zip.name.parent", "a/..": "zip.name.parent",
		`..\x`: "zip.name.backslash", `a\b`: "zip.name.backslash",
		"C:/x": "zip.name.colon", "x:strøm": "zip.name.colon",
		"a\x00b": "zip.name.control", "a\nb": "zip.name.control", "a\x7fb": "zip.name.control", "gpj\u202etxt.exe": "zip.name.control",
		"": "zip.name.empty", "a//b": "zip.name.empty", "a//": "zip.name.empty",
		"CON": "zip.name.device", "nul.txt": "zip.name.device", "a/com1.csv": "zip.name.device", "LPT¹": "zip.name.device", "aux .zip": "zip.name.device", "con/x": "zip.name.device",
		"a.": "zip.name.trailing", "a /b": "zip.name.trailing", "b ": "zip.name.trailing", "...": "zip.name.trailing",
		long: "zip.name.long", "\xff\xfe": "zip.name.encoding",
	}
	for name, want := range cases {
		_, err := unpackTo(t, build(t, part{name: name, data: []byte("x"), flags: flagUTF8}), DefaultLimits(), passwords(password)...)
		if faultID(err) != want || fault.KindOf(err) != fault.Integrity {
			t.Errorf("%q: %v, want %s", name, err, want)
		}
	}
	for _, name := range []string{"common.txt", "console", "a..b", ".skjult", "nullpunkt.csv", "com10", strings.Repeat("a", 255)} {
		if _, err := unpackTo(t, build(t, part{name: name, data: []byte("x")}), DefaultLimits(), passwords(password)...); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestRefusedSets(t *testing.T) {
	cases := []struct {
		want  string
		names []string
	}{
		{"zip.name.duplicate", []string{"a", "a"}},
		{"zip.name.duplicate", []string{"Å.txt", "å.txt"}},
		{"zip.name.duplicate", []string{"\u00e5", "a\u030a"}},
		{"zip.name.duplicate", []string{"straße", "STRASSE"}},
		{"zip.name.duplicate", []string{"m/", "m/", "x"}},
		{"zip.name.duplicate", []string{"M/a", "m/b"}},
		{"zip.name.conflict", []string{"a", "a/b"}},
		{"zip.name.conflict", []string{"a/b", "A"}},
		{"zip.name.conflict", []string{"a/", "a"}},
		{"zip.name.conflict", []string{"a", "a/"}},
		{"zip.empty", []string{"a/"}},
		{"zip.empty", nil},
	}
	for _, c := range cases {
		var parts []part
		for _, n := range c.names {
			parts = append(parts, part{name: n, flags: flagUTF8, plain: strings.HasSuffix(n, "/")})
		}
		_, err := unpackTo(t, build(t, parts...), DefaultLimits(), passwords(password)...)
		if faultID(err) != c.want {
			t.Errorf("%q: %v, want %s", c.names, err, c.want)
		}
	}
}

// hostile are archives that must be refused, and the fault each gives.
func hostile() map[string]struct {
	want  string
	parts []part
} {
	x := []byte("hemmelig innhold")
	field := func(b ...byte) []byte { return append([]byte{0x01, 0x99, byte(len(b)), 0}, b...) }
	add := func(n uint64) func(uint64) uint64 { return func(v uint64) uint64 { return v + n } }
	set := func(n uint64) func(uint64) uint64 { return func(uint64) uint64 { return n } }
	type c = struct {
		want  string
		parts []part
	}
	one := func(want string, p part) c {
		p.name, p.data = "a.txt", x
		return c{want, []part{p}}
	}
	return map[string]c{
		"plain file":             one("zip.entry.plain", part{plain: true}),
		"plain after encrypted":  {"zip.entry.plain", []part{{name: "a", data: x}, {name: "b", data: x, plain: true}}},
		"zipcrypto":              one("zip.entry.zipcrypto", part{plain: true, flags: 1}),
		"zipcrypto deflated":     one("zip.entry.zipcrypto", part{rawMethod: zip.Deflate}),
		"strong encryption":      one("zip.entry.strong", part{flags: flagStrong}),
		"masked headers":         one("zip.entry.strong", part{flags: flagMasked}),
		"no AES field":           one("zip.entry.aes", part{noAES: true}),
		"short AES field":        one("zip.entry.aes", part{aesField: field(2, 0, 'A', 'E', 3, 0)}),
		"foreign vendor":         one("zip.entry.aes", part{aesField: field(2, 0, 'X', 'E', 3, 0, 0)}),
		"AE-3":                   one("zip.entry.aes", part{version: 3}),
		"AE-0":                   one("zip.entry.aes", part{aesField: field(0, 0, 'A', 'E', 3, 0, 0)}),
		"strength 0":             one("zip.entry.aes", part{aesField: field(2, 0, 'A', 'E', 0, 0, 0)}),
		"strength 4":             one("zip.entry.aes", part{aesField: field(2, 0, 'A', 'E', 4, 0, 0)}),
		"two AES fields":         one("zip.entry.aes", part{extra: field(2, 0, 'A', 'E', 3, 0, 0)}),
		"LZMA":                   one("zip.entry.method", part{method: 14}),
		"AES in AES":             one("zip.entry.method", part{method: 99}),
		"compressed size beyond": one("zip.entry.size", part{packed: set(1 << 30)}),
		"compressed too small":   one("zip.entry.size", part{packed: set(27)}),
		"stored sizes differ":    one("zip.entry.size", part{size: add(1)}),
		"offset beyond":          one("zip.entry.header", part{offset: set(1 << 30)}),
		"offset into data":       one("zip.entry.header", part{offset: add(7)}),
		"local name differs":     one("zip.entry.header", part{localName: "b.txt"}),
		"local flags differ":     one("zip.entry.header", part{localFlags: 1}),
		"local method differs":   one("zip.entry.header", part{localMethod: zip.Store + 8}),
		"strong only locally":    one("zip.entry.header", part{localFlags: flagStrong}),
		"UTF-8 only locally":     one("zip.entry.header", part{localFlags: flagUTF8}),
		"masked only locally":    one("zip.entry.header", part{localFlags: flagMasked}),
		"local strength differs": one("zip.entry.header", part{localAES: field(2, 0, 'A', 'E', 1, 0, 0)}),
		"local AES field broken": one("zip.entry.header", part{localAES: field(2, 0, 'X', 'E', 3, 0, 0)}),
		"empty but for the CRC":  {"zip.entry.plain", []part{{name: "a", plain: true, crc: 7}}},
		"empty but packed":       {"zip.entry.plain", []part{{name: "a", plain: true, data: zeroSum(), size: set(0)}}},
		"empty but for its size": {"zip.entry.plain", []part{{name: "a", plain: true, data: zeroSum(), packed: set(2)}}},
		"symlink":                one("zip.entry.kind", part{attrs: 0o120777 << 16, host: hostUnix}),
		"symlink by FAT":         one("zip.entry.kind", part{attrs: 0o120777 << 16}),
		"device":                 one("zip.entry.kind", part{attrs: 0o060666 << 16, host: hostUnix}),
		"pipe":                   one("zip.entry.kind", part{attrs: 0o010666 << 16, host: hostUnix}),
		"folder without slash":   one("zip.entry.kind", part{attrs: 0o040755 << 16, host: hostUnix}),
		"folder with content":    {"zip.entry.kind", []part{{name: "m/", data: x}, {name: "a"}}},
		"overlap":                {"zip.entry.overlap", []part{{name: "a", data: x, packed: add(30), method: zip.Deflate}, {name: "b", data: x}}},
		"same local header":      {"zip.entry.header", []part{{name: "a", data: x}, {name: "b", data: x, offset: set(0)}}},
		"length declared short":  one("zip.damaged", part{method: zip.Deflate, size: set(3)}),
		"length declared long":   one("zip.damaged", part{method: zip.Deflate, size: set(300)}),
		"leftover ciphertext":    one("zip.damaged", part{method: zip.Deflate, body: func(b []byte) []byte { return append(b, 0) }}),
		"deflate cut":            one("zip.damaged", part{method: zip.Deflate, body: func(b []byte) []byte { return b[:len(b)-2] }}),
		"deflate damaged":        one("zip.damaged", part{method: zip.Deflate, body: func([]byte) []byte { return []byte{0xff, 0xff} }}),
		"AE-1 wrong CRC":         one("zip.damaged", part{version: 1, crc: 7}),
		"bzip2 damaged":          one("zip.damaged", part{method: methodBzip2}),
		"second password":        {"zip.damaged", []part{{name: "a", data: x}, {name: "b", data: x, password: "annet"}}},
	}
}

func TestHostile(t *testing.T) {
	for name, c := range hostile() {
		t.Run(name, func(t *testing.T) {
			_, err := unpackTo(t, build(t, c.parts...), DefaultLimits(), passwords(password)...)
			if faultID(err) != c.want || fault.KindOf(err) != fault.Integrity {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// zeroSum is the four bytes whose CRC-32 is 0.
func zeroSum() []byte { return []byte{0x9d, 0x0a, 0xd9, 0x6d} }

// TestZeroCRC has an AE-1 entry whose honest CRC is 0: it must match like any
// other, and a wrong content must not pass because the field "is not set".
func TestZeroCRC(t *testing.T) {
	data := build(t, part{name: "a", data: []byte("x"), version: 1})
	sum := crc32.ChecksumIEEE([]byte("x"))
	zeroed := bytes.ReplaceAll(data, binary.LittleEndian.AppendUint32(nil, sum), make([]byte, 4))
	if _, err := unpackTo(t, zeroed, DefaultLimits(), passwords(password)...); faultID(err) != "zip.damaged" {
		t.Errorf("got %v", err)
	}
	if crc32.ChecksumIEEE(zeroSum()) != 0 {
		t.Fatal("the fixture is wrong")
	}
	if _, err := unpackTo(t, build(t, part{name: "a", data: zeroSum(), version: 1}), DefaultLimits(), passwords(password)...); err != nil {
		t.Error(err)
	}
}

func TestLimits(t *testing.T) {
	l := Limits{TotalBytes: 1000, Entries: 3, Ratio: 10, RatioFloor: 100}
	zeros := part{name: "a", data: make([]byte, 900), method: zip.Deflate}
	bomb := part{name: "b", data: make([]byte, 200), method: zip.Deflate, size: func(uint64) uint64 { return 150 }}
	many := []part{{name: "1"}, {name: "2"}, {name: "3"}, {name: "4"}}
	cases := []struct {
		want  string
		parts []part
	}{
		{"zip.limit.ratio", []part{zeros}},
		{"zip.limit.total", []part{{name: "a", data: make([]byte, 600)}, {name: "b", data: make([]byte, 600)}}},
		{"zip.limit.total", []part{{name: "a", data: []byte("x"), size: func(uint64) uint64 { return 1<<32 - 2 }}}},
		{"zip.limit.entries", many},
		{"zip.damaged", []part{bomb}},
	}
	for _, c := range cases {
		_, err := unpackTo(t, build(t, c.parts...), l, passwords(password)...)
		if faultID(err) != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
	if _, err := unpackTo(t, build(t, many[:3]...), l, passwords(password)...); err != nil {
		t.Error(err)
	}
}

// TestDirectoryBudget has a directory far beyond its limit, which must be
// refused before it is all in memory.
func TestDirectoryBudget(t *testing.T) {
	one := build(t, part{name: "a", data: []byte("x")})
	local, record := len(one)-22-46-1-11, one[len(one)-22-46-1-11:len(one)-22]
	dir := bytes.Repeat(record, 100_000)
	big := finish(bytes.Clone(one[:local]), dir, 100_000&0xffff)
	l := DefaultLimits()
	l.Entries = 100
	if _, err := Open(bytes.NewReader(big), int64(len(big)), l); faultID(err) != "zip.limit.entries" {
		t.Errorf("got %v", err)
	}
}

func TestNotAnArchive(t *testing.T) {
	for _, data := range [][]byte{nil, []byte("<html>"), bytes.Repeat([]byte("PK\x05\x06"), 50)} {
		if _, err := unpackTo(t, data, DefaultLimits(), passwords(password)...); faultID(err) != "zip.format" {
			t.Errorf("%q: %v", data, err)
		}
	}
}

// TestEveryBit flips every bit of an archive. What still opens must give the
// right bytes under the right names, and every one of them.
func TestEveryBit(t *testing.T) {
	x := []byte("feil;tall\nORG-MISSING;3\n")
	data := build(t,
		part{name: "liste.csv", data: x, method: zip.Deflate, version: 1, strength: 1},
		part{name: "m/brev.txt", data: []byte("hei"), strength: 1})
	right := map[string]string{"liste.csv": string(x), "m/brev.txt": "hei"}
	opened := 0
	for bit := range len(data) * 8 {
		flipped := bytes.Clone(data)
		flipped[bit/8] ^= 1 << (bit % 8)
		got, err := unpackInMemory(t, flipped)
		if err != nil {
			continue
		}
		opened++
		if diff := cmp.Diff(right, got); diff != "" {
			t.Errorf("bit %d: %s", bit, diff)
		}
	}
	// Times, versions and unused fields may change without harm.
	t.Logf("%d of %d flips still open, all with the right bytes", opened, len(data)*8)
}

// isPlainLocal says, in other words than checkName, what a safe name is.
func isPlainLocal(name string) bool {
	for _, part := range strings.Split(name, "/") {
		if part == "" || part == "." || part == ".." || strings.TrimRight(part, ". ") != part {
			return false
		}
	}
	return filepath.IsLocal(name) && filepath.ToSlash(filepath.Clean(name)) == name && !strings.ContainsAny(name, "\\:\x00")
}

// unpackInMemory is Extract without the disk.
func unpackInMemory(t *testing.T, data []byte) (map[string]string, error) {
	t.Helper()
	a, err := Open(bytes.NewReader(data), int64(len(data)), DefaultLimits())
	if err != nil {
		return nil, err
	}
	u := newUnlocker(a.src.r, passwords(password))
	got := map[string]string{}
	for _, e := range a.entries {
		if !e.encrypted() {
			got[e.Name] = ""
			continue
		}
		var b bytes.Buffer
		if err := u.unpack(t.Context(), e, &b); err != nil {
			return nil, err
		}
		got[e.Name] = b.String()
	}
	return got, nil
}
