// Command pack puts a folder in a release archive, the same bytes whenever
// and wherever it is run: names sorted, one time, one owner.
//
//	go run ./release/pack FOLDER ARCHIVE.zip|ARCHIVE.tar.gz
package main

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: pack FOLDER ARCHIVE")
		os.Exit(2)
	}
	if err := pack(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// stamp is the time of every file in an archive: the guide's window.
func stamp() time.Time { return time.Date(2018, time.January, 2, 0, 0, 0, 0, time.UTC) }

// archive is what both formats do.
type archive interface {
	add(name string, mode fs.FileMode, data []byte) error
	io.Closer
}

func pack(folder, target string) (err error) {
	f, err := os.Create(target)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	var a archive
	if strings.HasSuffix(target, ".zip") {
		a = zipArchive{zip.NewWriter(f)}
	} else {
		gz := gzip.NewWriter(f)
		a = tarArchive{tar.NewWriter(gz), gz}
	}
	top := filepath.Base(folder)
	err = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		mode := fs.FileMode(0o644)
		if strings.HasPrefix(d.Name(), "iplos") {
			mode = 0o755
		}
		return a.add(top+"/"+filepath.ToSlash(name), mode, data)
	})
	return errors.Join(err, a.Close())
}

type zipArchive struct{ *zip.Writer }

func (z zipArchive) add(name string, mode fs.FileMode, data []byte) error {
	h := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: stamp()}
	h.SetMode(mode)
	w, err := z.CreateHeader(h)
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

type tarArchive struct {
	*tar.Writer
	gz *gzip.Writer
}

func (t tarArchive) add(name string, mode fs.FileMode, data []byte) error {
	h := &tar.Header{Name: name, Mode: int64(mode), Size: int64(len(data)), ModTime: stamp(), Format: tar.FormatPAX}
	if err := t.WriteHeader(h); err != nil {
		return err
	}
	_, err := t.Write(data)
	return err
}

func (t tarArchive) Close() error { return errors.Join(t.Writer.Close(), t.gz.Close()) }
