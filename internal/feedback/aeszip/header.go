package aeszip

import (
	"archive/zip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"iplos/internal/fault"
)

const (
	methodAES   = 99 // the entry's method is in the AES field
	methodBzip2 = 12

	flagEncrypted  = 1 << 0
	flagStrong     = 1 << 6
	flagUTF8       = 1 << 11
	flagMasked     = 1 << 13 // part of strong encryption: the local header is hidden
	fieldAES       = 0x9901
	fieldUnicode   = 0x7075
	localHeaderLen = 30

	verifierLen = 2
	tagLen      = 10
)

// aesField is the AES extra field of an entry.
type aesField struct {
	version  uint16 // 1: the CRC is there and must match; 2: it is not
	strength byte   // 1, 2, 3: 128, 192, 256 bits
	method   uint16
}

func (a aesField) keyLen() int  { return 8 + 8*int(a.strength) }
func (a aesField) saltLen() int { return a.keyLen() / 2 }

// overhead is what stands around the ciphertext: salt, verifier, tag.
func (a aesField) overhead() int64 { return int64(a.saltLen()) + verifierLen + tagLen }

// checkKind refuses what is neither a file nor a folder. The upper half of
// the attributes holds the Unix mode whatever host is named: 7-Zip writes it
// under the name of FAT too.
func checkKind(f *zip.File, folder bool, shown string) error {
	const (
		typeMask = 0o170000
		typeDir  = 0o040000
		typeFile = 0o100000
	)
	kind := f.ExternalAttrs >> 16 & typeMask
	switch {
	case kind != 0 && kind != typeDir && kind != typeFile,
		kind == typeDir && !folder, kind == typeFile && folder:
		return fault.New(fault.Integrity, "zip.entry.kind", "entry", shown)
	case folder && f.UncompressedSize64 != 0:
		return fault.New(fault.Integrity, "zip.entry.kind", "entry", shown)
	default:
		return nil
	}
}

// emptyPlain tells an empty file that is not encrypted: bsdtar makes those,
// deflated in two bytes. There is no content that somebody could have put
// there, and none is read.
func emptyPlain(f *zip.File) bool {
	const deflatedNothing = 2
	return f.Flags&flagEncrypted == 0 && f.CRC32 == 0 &&
		f.UncompressedSize64 == 0 && f.CompressedSize64 <= deflatedNothing
}

// checkEncryption refuses a file that is not encrypted as AE-1 or AE-2, or is
// compressed by a method this package does not read.
func checkEncryption(f *zip.File, shown string) (aesField, error) {
	switch {
	case f.Flags&(flagStrong|flagMasked) != 0:
		return aesField{}, fault.New(fault.Integrity, "zip.entry.strong", "entry", shown)
	case f.Flags&flagEncrypted == 0:
		return aesField{}, fault.New(fault.Integrity, "zip.entry.plain", "entry", shown)
	case f.Method != methodAES:
		return aesField{}, fault.New(fault.Integrity, "zip.entry.zipcrypto", "entry", shown)
	}
	a, err := parseAES(f.Extra)
	if err != nil {
		return a, fault.Wrap(err, fault.Integrity, "zip.entry.aes", "entry", shown)
	}
	switch a.method {
	case zip.Store, zip.Deflate, methodBzip2:
		return a, nil
	default:
		return a, fault.New(fault.Integrity, "zip.entry.method", "entry", shown, "method", methodName(a.method))
	}
}

// parseAES finds the one AES field among the extra fields.
func parseAES(extra []byte) (aesField, error) {
	var found aesField
	n := 0
	for id, data := range extraFields(extra) {
		if id != fieldAES {
			continue
		}
		n++
		if len(data) < 7 || string(data[2:4]) != "AE" {
			return found, errors.New("reading the AES field: wrong length or vendor")
		}
		found = aesField{
			version:  binary.LittleEndian.Uint16(data),
			strength: data[4],
			method:   binary.LittleEndian.Uint16(data[5:]),
		}
	}
	switch {
	case n != 1:
		return found, fmt.Errorf("reading the AES field: %d of them", n)
	case found.version != 1 && found.version != 2:
		return found, fmt.Errorf("reading the AES field: version %d", found.version)
	case found.strength < 1 || found.strength > 3:
		return found, fmt.Errorf("reading the AES field: strength %d", found.strength)
	}
	return found, nil
}

// extraFields yields the fields of an extra block; a field cut short ends it.
func extraFields(extra []byte) func(func(uint16, []byte) bool) {
	return func(yield func(uint16, []byte) bool) {
		for len(extra) >= 4 {
			id, n := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
			extra = extra[4:]
			if n > len(extra) || !yield(id, extra[:n]) {
				return
			}
			extra = extra[n:]
		}
	}
}

// sameLocalHeader compares what both headers of an entry must agree on.
func sameLocalHeader(r io.ReaderAt, offset int64, f *zip.File) error {
	const compared = flagEncrypted | flagStrong | flagUTF8 | flagMasked
	var h [localHeaderLen]byte
	if _, err := r.ReadAt(h[:], offset); err != nil {
		return fmt.Errorf("reading the local header: %w", err)
	}
	if flags := binary.LittleEndian.Uint16(h[6:]); (flags^f.Flags)&compared != 0 {
		return errors.New("comparing the headers: the flags differ")
	}
	if method := binary.LittleEndian.Uint16(h[8:]); method != f.Method {
		return errors.New("comparing the headers: the methods differ")
	}
	nameLen, extraLen := int(binary.LittleEndian.Uint16(h[26:])), int(binary.LittleEndian.Uint16(h[28:]))
	rest := make([]byte, nameLen+extraLen)
	if _, err := r.ReadAt(rest, offset+localHeaderLen); err != nil {
		return fmt.Errorf("reading the local header: %w", err)
	}
	if string(rest[:nameLen]) != f.Name {
		return errors.New("comparing the headers: the names differ")
	}
	if f.Method != methodAES {
		return nil
	}
	local, errLocal := parseAES(rest[nameLen:])
	central, errCentral := parseAES(f.Extra)
	if errLocal != nil || errCentral != nil || local != central {
		return errors.New("comparing the headers: the AES fields differ")
	}
	return nil
}

// methodName names a compression method for the user (APPNOTE 4.4.5).
func methodName(m uint16) string {
	switch m {
	case 9:
		return "Deflate64"
	case 14:
		return "LZMA"
	case 93:
		return "Zstandard"
	case 95:
		return "XZ"
	case 98:
		return "PPMd"
	default:
		return fmt.Sprintf("%d", m)
	}
}
