package extract

import (
	_ "embed"
	"errors"
	"io"
	"io/fs"
	"os"

	"iplos/internal/fault"
	"iplos/internal/table"
)

// GenericName is what the built-in profile is called.
const GenericName = "generic"

//go:embed generic.yaml
var genericProfile []byte

// CheckProfile returns what is wrong with the mapping profile at the path,
// empty for the generic one.
func CheckProfile(path string) error {
	_, err := loadProfile(path)
	return err
}

// loadProfile reads the profile at the path, or the generic one.
func loadProfile(path string) (*table.Profile, error) {
	if path == "" || path == GenericName {
		return table.ReadProfile(GenericName, genericProfile, schema(nil))
	}
	f, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.Wrap(err, fault.Usage, "extract.profile.missing", "path", path)
	case err != nil:
		return nil, fault.Wrap(err, fault.Usage, "extract.profile.unreadable", "path", path)
	}
	data, err := io.ReadAll(io.LimitReader(f, 2<<20))
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, fault.Wrap(err, fault.Usage, "extract.profile.unreadable", "path", path)
	}
	return table.ReadProfile(path, data, schema(nil))
}
