package submit

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"strings"

	"iplos/internal/fault"
)

// checkFiles looks at every file before anything is sent: what was changed
// after it was sealed stays here.
func checkFiles(files []File) error {
	for _, f := range files {
		if err := checkFile(f); err != nil {
			return err
		}
	}
	return nil
}

func checkFile(f File) error {
	file, err := os.Open(f.Path)
	if err != nil {
		return fault.Wrap(err, fault.Usage, "submit.file.unreadable", "file", f.Path)
	}
	defer file.Close() //nolint:errcheck // only read
	info, err := file.Stat()
	if err != nil {
		return fault.Wrap(err, fault.Usage, "submit.file.unreadable", "file", f.Path)
	}
	if info.Size() != f.Bytes || f.Bytes == 0 {
		return fault.New(fault.Integrity, "submit.file.changed", "file", f.Path)
	}
	if f.Checked || f.SHA256 == "" {
		return nil
	}
	h := sha256.New()
	if _, err := io.CopyBuffer(h, file, make([]byte, 1<<20)); err != nil {
		return fault.Wrap(err, fault.Usage, "submit.file.unreadable", "file", f.Path)
	}
	if !strings.EqualFold(hex.EncodeToString(h.Sum(nil)), f.SHA256) {
		return fault.New(fault.Integrity, "submit.file.changed", "file", f.Path)
	}
	return nil
}
