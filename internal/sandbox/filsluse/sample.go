package filsluse

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/yeka/zip"
)

// fill puts sample files in place where a scenario wants them and none are
// there yet.
func (s *Server) fill() error {
	files, wanted := s.on.Take(Files)
	var names []string
	if wanted {
		for i := range files.N {
			names = append(names, fmt.Sprintf("IPLOS_tilbakemelding_%03d.zip", i+1))
		}
	}
	if s.on.Has(HostileNames) {
		names = append(names, hostileNames()...)
	}
	if len(names) == 0 {
		return nil
	}
	return s.store.batch(func() error {
		for _, a := range s.opts.Accounts {
			if len(s.store.of(a.Username)) > 0 {
				continue
			}
			for _, name := range names {
				if err := s.addSample(a.Username, name); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// hostileNames are what a server may send and a client must not write as it
// stands; the last two are equal on most disks.
func hostileNames() []string {
	return []string{
		`..\x.zip`, "../y.zip", "CON.zip", "a:b.zip", "what?.zip",
		"fo\u0301r.zip", "f\u00f3r.zip", "bl\u00e5b\u00e6r.zip",
		strings.Repeat("lang ", 60) + ".zip", "feedback.zip", "feedback.zip", "Feedback.ZIP",
	}
}

// samplePassword opens the sample files; they hold one line of text.
const samplePassword = "ovelse-ovelse-1"

// addSample puts a small encrypted archive.
func (s *Server) addSample(username, name string) error {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Encrypt("lesmeg.txt", samplePassword, zip.AES256Encryption)
	if err == nil {
		_, err = fmt.Fprintf(w, "%s\n", s.p.T("sandbox.filsluse.sample"))
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		return fmt.Errorf("making a sample file: %w", err)
	}
	_, err = s.Put(username, name, &b)
	return err
}
