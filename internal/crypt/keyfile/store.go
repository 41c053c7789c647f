package keyfile

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"iplos/internal/atomicfile"
	"iplos/internal/fault"
)

// Pin is a key that someone has confirmed, for one data year and role.
type Pin struct {
	Year            int       `json:"year"`
	Role            Role      `json:"role"`
	SPKISHA256      string    `json:"spki_sha256"`
	CertificateSHA1 string    `json:"certificate_sha1,omitempty"`
	Subject         string    `json:"subject,omitempty"`
	NotBefore       time.Time `json:"not_before,omitzero"`
	NotAfter        time.Time `json:"not_after,omitzero"`
	Bits            int       `json:"bits"`
	ImportedAt      time.Time `json:"imported_at"`
	By              string    `json:"by"`
	Confirmed       string    `json:"confirmed"`
	// Checked lists what was checked with files from IT; see [Checked].
	Checked []string `json:"checked,omitempty"`
	// PEM is the certificate, with those that came along to vouch for it, or
	// the bare key.
	PEM string `json:"pem"`
}

// AuditLine says who took which key into use, when, and how it was confirmed.
// Lines are added and never changed.
type AuditLine struct {
	At         time.Time `json:"at"`
	By         string    `json:"by"`
	Action     string    `json:"action"` // "import" or "replace"
	Year       int       `json:"year"`
	Role       Role      `json:"role"`
	SPKISHA256 string    `json:"spki_sha256"`
	Confirmed  string    `json:"confirmed"`
	Checked    []string  `json:"checked,omitempty"`
	File       string    `json:"file"`
	// Accepted lists the refusals the user set aside.
	Accepted []string `json:"accepted,omitempty"`
}

// Store is the pins of one municipality: keys.json in its state folder.
type Store struct {
	path string
	data storeData
}

type storeData struct {
	Format int         `json:"format"`
	Pins   []Pin       `json:"pins"`
	Audit  []AuditLine `json:"audit"`
}

const (
	storeName   = "keys.json"
	storeFormat = 1
	maxStore    = 16 << 20
)

// OpenStore reads the pins in a state folder; a folder without any is an
// empty store, and the folder need not exist yet.
func OpenStore(dir string) (*Store, error) {
	s := &Store{path: filepath.Join(dir, storeName)}
	return s, s.load()
}

func (s *Store) load() error {
	s.data = storeData{Format: storeFormat}
	info, err := os.Stat(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && info.Size() > maxStore {
		return fault.New(fault.Integrity, "key.store.damaged", "path", s.path)
	}
	data, err := os.ReadFile(s.path)
	if err != nil {
		return fault.Wrap(err, fault.Usage, "key.store.unreadable", "path", s.path)
	}
	var got storeData
	if err := json.Unmarshal(data, &got); err != nil {
		return fault.Wrap(err, fault.Integrity, "key.store.damaged", "path", s.path)
	}
	if got.Format > storeFormat {
		return fault.New(fault.Usage, "key.store.newer", "path", s.path)
	}
	s.data = got
	return nil
}

// Pins returns the pins, newest year first.
func (s *Store) Pins() []Pin {
	pins := slices.Clone(s.data.Pins)
	slices.SortFunc(pins, func(a, b Pin) int {
		if a.Year != b.Year {
			return b.Year - a.Year
		}
		return slices.Index(Roles(), a.Role) - slices.Index(Roles(), b.Role)
	})
	return pins
}

// Audit returns the audit lines, oldest first.
func (s *Store) Audit() []AuditLine { return slices.Clone(s.data.Audit) }

// Find returns the pin for a data year and role. Without one it is a fault:
// "key.missing", or "key.other-year" where another year has one, which is
// never used instead.
func (s *Store) Find(year int, role Role) (*Pin, error) {
	others := 0
	for _, p := range s.data.Pins {
		if p.Role != role {
			continue
		}
		if p.Year == year {
			return &p, nil
		}
		others = max(others, p.Year)
	}
	if others != 0 {
		return nil, fault.New(fault.Usage, "key.other-year", "year", year, "other", others, "role", string(role))
	}
	return nil, fault.New(fault.Usage, "key.missing", "year", year, "role", string(role))
}

// Key returns the pinned key, and a fault of kind Integrity when the stored
// key is not the one that was confirmed.
func (p *Pin) Key() (*Key, error) {
	k, err := Parse([]byte(p.PEM), storeName)
	if err != nil || k.SPKISHA256() != p.SPKISHA256 {
		return nil, fault.Wrap(err, fault.Integrity, "key.pin.changed", "year", p.Year, "role", string(p.Role))
	}
	return k, nil
}

// Examine runs every check on a key, with the pins there are.
func (s *Store) Examine(k *Key, u Use) []Concern {
	u.earlier = s.data.Pins
	return Examine(k, u)
}

// Confirmation says who vouches for a key.
type Confirmation struct {
	// By is the account that imports, Text how the fingerprint was confirmed
	// ("by phone with Kari at SSB"). Text may be empty only when Use has a
	// fingerprint.
	By   string
	Text string
	// File is the name of the file imported.
	File string
	// Replace lets another key for the same year and role go.
	Replace bool
}

// Import checks a key and pins it. It returns the warnings; the first
// refusal is the error. A key nobody has confirmed is refused.
func (s *Store) Import(k *Key, u Use, c Confirmation) ([]Concern, error) {
	concerns := s.Examine(k, u)
	for _, concern := range concerns {
		if concern.Refuse {
			return concerns, fault.New(concern.Kind, concern.ID, concern.Args...)
		}
	}
	how := c.Text
	if u.Fingerprint != "" {
		how = "fingerprint"
		if c.Text != "" {
			how += ": " + c.Text
		}
	}
	if how == "" {
		return concerns, fault.New(fault.Usage, "key.unconfirmed", "fingerprint", Groups(k.SPKISHA256()))
	}
	p := newPin(k, u, c.By, how)
	p.Checked = Checked(k, concerns)
	return concerns, s.pin(p, u, c)
}

func newPin(k *Key, u Use, by, how string) Pin {
	p := Pin{
		Year: u.Year, Role: u.Role, SPKISHA256: k.SPKISHA256(), CertificateSHA1: k.CertificateSHA1(),
		Bits: k.Public.N.BitLen(), ImportedAt: u.Now, By: by, Confirmed: how,
		PEM: string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: k.SPKI})),
	}
	if k.Certificate != nil {
		p.Subject = k.Certificate.Subject.String()
		p.NotBefore, p.NotAfter = k.Certificate.NotBefore, k.Certificate.NotAfter
		p.PEM = certificates(k)
	}
	return p
}

// certificates returns the key's own first and then the others of its file.
func certificates(k *Key) string {
	var out []byte
	for _, c := range append([]*x509.Certificate{k.Certificate}, k.Chain...) {
		if len(out) == 0 || !c.Equal(k.Certificate) {
			out = append(out, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})...)
		}
	}
	return string(out)
}

// pin adds the pin and its audit line in one write, on what is in the file
// now.
func (s *Store) pin(p Pin, u Use, c Confirmation) error {
	if err := os.MkdirAll(filepath.Dir(s.path), 0o700); err != nil {
		return fault.Wrap(err, fault.Usage, "key.store.unwritable", "path", s.path)
	}
	unlock, err := atomicfile.Lock(s.path)
	if err != nil {
		return fault.Wrap(err, fault.Usage, "key.store.unwritable", "path", s.path)
	}
	defer unlock()
	if err := s.load(); err != nil {
		return err
	}
	action := "import"
	for _, old := range s.data.Pins {
		if old.Year != p.Year || old.Role != p.Role {
			continue
		}
		if old.SPKISHA256 != p.SPKISHA256 && !c.Replace {
			return fault.New(fault.Usage, "key.taken", "year", p.Year, "role", string(p.Role),
				"fingerprint", Groups(old.SPKISHA256))
		}
		action = "replace"
	}
	s.data.Pins = slices.DeleteFunc(s.data.Pins, func(o Pin) bool { return o.Year == p.Year && o.Role == p.Role })
	s.data.Pins = append(s.data.Pins, p)
	s.data.Audit = append(s.data.Audit, AuditLine{
		At: u.Now, By: c.By, Action: action, Year: p.Year, Role: p.Role, SPKISHA256: p.SPKISHA256,
		Confirmed: p.Confirmed, Checked: p.Checked, File: filepath.Base(c.File), Accepted: accepted(u),
	})
	return s.save()
}

func accepted(u Use) []string {
	var out []string
	if u.AcceptEarly {
		out = append(out, "early")
	}
	if u.AcceptUnchanged {
		out = append(out, "unchanged")
	}
	return out
}

func (s *Store) save() error {
	data, err := json.MarshalIndent(s.data, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding the keys: %w", err)
	}
	if err := atomicfile.WriteFile(s.path, append(data, '\n'), atomicfile.Options{Force: true}); err != nil {
		return fault.Wrap(err, fault.Usage, "key.store.unwritable", "path", s.path)
	}
	return nil
}
