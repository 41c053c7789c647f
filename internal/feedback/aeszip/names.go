package aeszip

import (
	"archive/zip"
	"encoding/binary"
	"hash/crc32"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"

	"iplos/internal/fault"
)

// hostUnix and hostMac are the "made by" hosts that write UTF-8 without
// saying so.
const (
	hostUnix = 3
	hostMac  = 19
)

// decodeName finds the text of an entry's name: what the flag says, else the
// Unicode path field, else ASCII, else UTF-8 from a Unix host, else code page
// 850, which agrees with 865 on æøåÆØÅ (437 has no ø).
func decodeName(f *zip.File) (string, error) {
	if f.Flags&flagUTF8 != 0 {
		if !utf8.ValidString(f.Name) {
			return "", fault.New(fault.Integrity, "zip.name.encoding", "entry", strconv.Quote(f.Name))
		}
		return norm.NFC.String(f.Name), nil
	}
	if name, ok := unicodePath(f); ok {
		return norm.NFC.String(name), nil
	}
	if !strings.ContainsFunc(f.Name, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return f.Name, nil
	}
	host := f.CreatorVersion >> 8
	if (host == hostUnix || host == hostMac) && utf8.ValidString(f.Name) {
		return norm.NFC.String(f.Name), nil
	}
	name, err := charmap.CodePage850.NewDecoder().String(f.Name)
	if err != nil {
		return "", fault.Wrap(err, fault.Integrity, "zip.name.encoding", "entry", strconv.Quote(f.Name))
	}
	return norm.NFC.String(name), nil
}

// unicodePath returns the Info-ZIP Unicode path, which counts only while its
// CRC is that of the plain name.
func unicodePath(f *zip.File) (string, bool) {
	for id, data := range extraFields(f.Extra) {
		if id != fieldUnicode || len(data) < 5 || data[0] != 1 {
			continue
		}
		name := string(data[5:])
		sum := binary.LittleEndian.Uint32(data[1:])
		if sum == crc32.ChecksumIEEE([]byte(f.Name)) && utf8.ValidString(name) {
			return name, true
		}
	}
	return "", false
}

// maxNameBytes is the longest name: 255 is the limit of the usual file
// systems for one part, and Windows' for a whole path is near it.
const maxNameBytes = 255

// checkName refuses a name that could leave the folder, hide, or mean another
// thing on Windows, and tells whether it is a folder's.
func checkName(name string) (clean string, folder bool, err error) {
	shown := strconv.Quote(name)
	if id := badWhole(name); id != "" {
		return "", false, fault.New(fault.Integrity, id, "entry", shown)
	}
	clean, folder = strings.CutSuffix(name, "/")
	for part := range strings.SplitSeq(clean, "/") {
		if id := badPart(part); id != "" {
			return "", false, fault.New(fault.Integrity, id, "entry", shown)
		}
	}
	return clean, folder, nil
}

// badWhole returns the fault of a name as a whole, "" for none.
func badWhole(name string) string {
	switch {
	case strings.HasPrefix(name, "/"):
		return "zip.name.absolute"
	case strings.Contains(name, `\`):
		return "zip.name.backslash"
	case strings.Contains(name, ":"):
		return "zip.name.colon"
	case strings.ContainsFunc(name, hidden):
		return "zip.name.control"
	case runtime.GOOS == "windows" && strings.ContainsAny(name, `<>"|?*`):
		return "zip.name.windows"
	case len(name) > maxNameBytes:
		return "zip.name.long"
	default:
		return ""
	}
}

// badPart returns the fault of one part of a path, "" for none.
func badPart(part string) string {
	switch {
	case part == "":
		return "zip.name.empty"
	case part == "..", part == ".":
		return "zip.name.parent"
	case strings.HasSuffix(part, "."), strings.HasSuffix(part, " "):
		return "zip.name.trailing"
	case DeviceName(part):
		return "zip.name.device"
	default:
		return ""
	}
}

// hidden tells characters that print as nothing or turn the text around.
func hidden(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == utf8.RuneError
}

// DeviceName tells whether Windows takes a file name for a device, whatever
// its ending: "con", "NUL.txt", "COM1 .zip".
func DeviceName(name string) bool {
	base, _, _ := strings.Cut(name, ".")
	base = strings.ToUpper(strings.TrimRight(base, " "))
	if slices.Contains([]string{"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"}, base) {
		return true
	}
	number, ok := strings.CutPrefix(base, "COM")
	if !ok {
		number, ok = strings.CutPrefix(base, "LPT")
	}
	// Windows takes the superscripts for the digits too.
	return ok && utf8.RuneCountInString(number) == 1 && strings.Contains("0123456789¹²³", number)
}

// nameSet holds the names of an archive as a file system without case sees
// them.
type nameSet struct {
	fold  cases.Caser
	files map[string]bool
	// folders maps a folded folder to its spelling; named holds those that
	// have an entry of their own.
	folders map[string]string
	named   map[string]bool
}

func newNameSet() *nameSet {
	return &nameSet{
		fold: cases.Fold(), files: map[string]bool{},
		folders: map[string]string{}, named: map[string]bool{},
	}
}

// add refuses a name that is there already, or is both a file and a folder.
func (s *nameSet) add(name string, folder bool) error {
	shown := strconv.Quote(name)
	key := norm.NFC.String(s.fold.String(name))
	parents := key
	spelled := name
	if !folder {
		if s.files[key] {
			return fault.New(fault.Integrity, "zip.name.duplicate", "entry", shown)
		}
		if _, ok := s.folders[key]; ok {
			return fault.New(fault.Integrity, "zip.name.conflict", "entry", shown)
		}
		s.files[key] = true
		parents, spelled = parent(key), parent(name)
	} else if s.named[key] {
		return fault.New(fault.Integrity, "zip.name.duplicate", "entry", shown)
	} else {
		s.named[key] = true
	}
	for ; parents != ""; parents, spelled = parent(parents), parent(spelled) {
		if s.files[parents] {
			return fault.New(fault.Integrity, "zip.name.conflict", "entry", shown)
		}
		if known, ok := s.folders[parents]; ok && known != spelled {
			return fault.New(fault.Integrity, "zip.name.duplicate", "entry", shown)
		}
		s.folders[parents] = spelled
	}
	return nil
}

// parent returns the folder a name stands in, "" at the top.
func parent(name string) string {
	i := strings.LastIndexByte(name, '/')
	return name[:max(i, 0)]
}
