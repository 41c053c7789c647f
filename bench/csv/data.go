package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
)

// writeServices writes a table of services of at least size bytes.
func writeServices(path string, size int64) (int64, error) {
	return write(path, func(w *bufio.Writer) error {
		if _, err := w.WriteString("tjPeID;tjTjID;tjTjenType;tjVedtDato;tjVedtak;tjTimerUke;tjInstOrgnr;tjFraDato;tjTilDato\r\n"); err != nil {
			return err
		}
		for n, i := int64(0), 0; n < size; i++ {
			c, err := fmt.Fprintf(w, "%d;%d;15;2017%02d%02d;1;%d.5;974446871;20170101;\r\n", i/6, i, i%12+1, i%28+1, i%40)
			if err != nil {
				return err
			}
			n += int64(c)
		}
		return nil
	})
}

// writeStray writes a quote that nothing closes, and size bytes after it.
func writeStray(path string, size int64) (int64, error) {
	return write(path, func(w *bufio.Writer) error {
		if _, err := w.WriteString("a;b\r\n1;\"2\r\n"); err != nil {
			return err
		}
		for n := int64(0); n < size; n += 20 {
			if _, err := w.WriteString("1234567;2345678901\r\n"); err != nil {
				return err
			}
		}
		return nil
	})
}

func write(path string, fill func(w *bufio.Writer) error) (int64, error) {
	f, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	err = errors.Join(fill(w), w.Flush())
	info, statErr := f.Stat()
	if err := errors.Join(err, statErr, f.Close()); err != nil {
		return 0, err
	}
	return info.Size(), nil
}
