package feedback

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"iplos/internal/atomicfile"
	"iplos/internal/fault"
)

// Manifest says what was fetched. It stands beside the archive and travels
// with it into the secure zone; it holds no secret.
type Manifest struct {
	Name string `json:"name"`
	// OriginalName is what the server calls it, when that is not Name.
	OriginalName string    `json:"original_name,omitempty"`
	From         string    `json:"from"`
	FileID       string    `json:"file_id"`
	Uploaded     string    `json:"uploaded,omitempty"`
	Fetched      time.Time `json:"fetched"`
	Bytes        int64     `json:"bytes"`
	SHA256       string    `json:"sha256"`
	SHA1         string    `json:"sha1"`
	// Verified tells that the server gave a hash, and that it matched.
	Verified bool   `json:"verified"`
	Tool     string `json:"tool,omitempty"`
}

// ManifestPath returns where the manifest of an archive stands.
func ManifestPath(archive string) string { return archive + ".iplos.json" }

// maxManifest is far above a real one's 500 bytes.
const maxManifest = 64 << 10

// ReadManifest reads the manifest of an archive; nil when there is none.
func ReadManifest(archive string) (*Manifest, error) {
	st, err := os.Stat(ManifestPath(archive))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // an archive may come without one
	}
	if err != nil {
		return nil, fmt.Errorf("opening the manifest: %w", err)
	}
	if !st.Mode().IsRegular() {
		return nil, fault.New(fault.Integrity, "feedback.manifest.bad", "file", ManifestPath(archive))
	}
	f, err := os.Open(ManifestPath(archive))
	if err != nil {
		return nil, fmt.Errorf("opening the manifest: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	data, err := io.ReadAll(io.LimitReader(f, maxManifest))
	if err != nil {
		return nil, fmt.Errorf("reading the manifest: %w", err)
	}
	var m Manifest
	if err := json.Unmarshal(data, &m); err != nil || m.SHA256 == "" {
		return nil, fault.Wrap(err, fault.Integrity, "feedback.manifest.bad", "file", ManifestPath(archive))
	}
	return &m, nil
}

func (m *Manifest) write(archive string) error {
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding the manifest: %w", err)
	}
	return atomicfile.WriteFile(ManifestPath(archive), append(data, '\n'), atomicfile.Options{Force: true})
}

// check compares an archive with its manifest.
func (m *Manifest) check(name string, r io.Reader, size int64) error {
	if size != m.Bytes {
		return fault.New(fault.Integrity, "feedback.manifest.differs", "file", name)
	}
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return fmt.Errorf("reading %q: %w", name, err)
	}
	if hex.EncodeToString(h.Sum(nil)) != m.SHA256 {
		return fault.New(fault.Integrity, "feedback.manifest.differs", "file", name)
	}
	return nil
}
