package table

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"testing"
)

func benchData() []byte {
	var b bytes.Buffer
	b.WriteString("tjPeID;tjTjID;tjTjenType;tjVedtDato;tjVedtak;tjTimerUke;tjInstOrgnr;tjFraDato;tjTilDato\n")
	for i := 0; b.Len() < 8<<20; i++ {
		fmt.Fprintf(&b, "%d;%d;15;2017%02d%02d;1;%d,5;974446871;20170101;\n", i/6, i, i%12+1, i%28+1, i%40)
	}
	return b.Bytes()
}

func BenchmarkCSV(b *testing.B) {
	data := benchData()
	b.Run("own", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			r := NewCSV(bytes.NewReader(data), ';', '"')
			for {
				if _, err := r.Next(); err != nil {
					break
				}
			}
		}
	})
	for _, enc := range []Encoding{Auto, UTF8, Windows1252} {
		b.Run("own-decoded-"+string(enc), func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				src, _ := Decode(bytes.NewReader(data), enc)
				r := NewCSV(src, ';', '"')
				for {
					if _, err := r.Next(); err != nil {
						break
					}
				}
			}
		})
	}
	b.Run("encoding-csv", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			r := csv.NewReader(bytes.NewReader(data))
			r.Comma, r.ReuseRecord = ';', true
			for {
				if _, err := r.Read(); err == io.EOF {
					break
				}
			}
		}
	})
}
