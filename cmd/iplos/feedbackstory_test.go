package main

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/yeka/zip"
)

// storyLocked writes an archive as SSB's feedback comes: locked ARCHIVE
// PASSWORD FOLDER, with every file of the folder.
func storyLocked(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: locked ARCHIVE PASSWORD FOLDER")
	}
	folder := ts.MkAbs(args[2])
	out, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	w := zip.NewWriter(out)
	err = filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		entry, err := w.Encrypt(filepath.ToSlash(name), args[1], zip.AES256Encryption)
		if err == nil {
			_, err = entry.Write(data)
		}
		return err
	})
	ts.Check(errors.Join(err, w.Close(), out.Close()))
}
