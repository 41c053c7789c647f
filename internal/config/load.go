package config

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/viper"

	"iplos/internal/fault"
)

// Options say what to read.
type Options struct {
	// Path is --config; empty for IPLOS_CONFIG or the default file.
	Path string
	// UserConfigDir and UserStateDir are the user's own folders.
	UserConfigDir, UserStateDir string
	// Environ is the environment as os.Environ returns it.
	Environ []string
	// Flags are the flags that were given, by key name.
	Flags map[string]string
	// KnownVariables are further IPLOS_ variables that are no keys: those of
	// global flags.
	KnownVariables []string
}

// Load reads the settings. With a list of municipalities, the municipality
// given by flag or environment picks one; without a choice the returned
// Config has Listed and no municipality of its own.
//
// Errors are fault.Usage with file and line.
func Load(opts Options) (*Config, error) {
	env := environment(opts.Environ)
	doc, err := findDocument(opts, env)
	if err != nil {
		return nil, err
	}
	wanted := chosen(opts, env, "municipality")
	section, err := doc.section(wanted, chosen(opts, env, "district"))
	if err != nil {
		return nil, err
	}
	l := loader{opts: opts, env: env, doc: doc, section: section}
	return l.load()
}

// Target returns the file that Load would read, whether it is there or not.
func Target(opts Options) string {
	if opts.Path != "" {
		return opts.Path
	}
	if path := environment(opts.Environ)["IPLOS_CONFIG"]; path != "" {
		return path
	}
	return DefaultFile(opts.UserConfigDir)
}

// LoadIfThere is Load for a file that may not be there yet.
func LoadIfThere(opts Options) (*Config, error) {
	if _, err := os.Stat(Target(opts)); errors.Is(err, os.ErrNotExist) {
		l := loader{opts: opts, env: environment(opts.Environ), doc: &document{top: map[string]entry{}}}
		return l.load()
	}
	if len(opts.Flags) > 0 {
		// A municipality that is not in the list yet is about to be added.
		if c, err := Load(opts); err == nil {
			return c, nil
		}
		opts.Flags = nil
	}
	return Load(opts)
}

// All returns one Config for each municipality in the list, or the only one.
func All(opts Options) ([]*Config, error) {
	doc, err := findDocument(opts, environment(opts.Environ))
	if err != nil {
		return nil, err
	}
	if len(doc.sections) == 0 {
		c, err := Load(opts)
		if err != nil {
			return nil, err
		}
		return []*Config{c}, nil
	}
	var all []*Config
	for _, s := range doc.sections {
		l := loader{opts: opts, env: environment(opts.Environ), doc: doc, section: s}
		c, err := l.load()
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

func environment(environ []string) map[string]string {
	env := map[string]string{}
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, EnvPrefix) && value != "" {
			env[name] = value
		}
	}
	return env
}

func findDocument(opts Options, env map[string]string) (*document, error) {
	path := opts.Path
	if path == "" {
		path = env["IPLOS_CONFIG"]
	}
	if path != "" {
		return readDocument(path)
	}
	if opts.UserConfigDir == "" {
		return &document{top: map[string]entry{}}, nil
	}
	path = DefaultFile(opts.UserConfigDir)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return &document{top: map[string]entry{}}, nil
	}
	return readDocument(path)
}

func chosen(opts Options, env map[string]string, key string) string {
	if v, ok := opts.Flags[key]; ok {
		return v
	}
	return env[EnvPrefix+strings.ToUpper(key)]
}

// section returns the settings of one municipality in the list, nil where
// there is no list or none is chosen.
func (d *document) section(municipality, district string) (map[string]entry, error) {
	if len(d.sections) == 0 || municipality == "" {
		return nil, nil
	}
	for _, s := range d.sections {
		if s["municipality"].value == municipality && (district == "" || districtOf(s) == district) {
			return s, nil
		}
	}
	return nil, fault.New(fault.Usage, "config.not-in-list", "file", d.path, "municipality", municipality)
}

func districtOf(section map[string]entry) string {
	if e, ok := section["district"]; ok {
		return e.value.(string)
	}
	return "00"
}

type loader struct {
	opts    Options
	env     map[string]string
	doc     *document
	section map[string]entry
}

func (l *loader) load() (*Config, error) {
	c := &Config{File: l.doc.path, origins: map[string]Origin{}, values: map[string]string{}}
	for _, s := range l.doc.sections {
		c.Listed = append(c.Listed, s["municipality"].value.(string))
	}
	v := viper.New()
	for _, k := range Keys() {
		value, origin := l.value(k)
		if value == nil {
			continue
		}
		c.origins[k.Name] = origin
		if text, ok := value.(string); ok {
			c.values[k.Name] = text
			if err := check(k, text, origin); err != nil {
				return nil, err
			}
		}
		v.Set(k.Name, value)
	}
	if err := v.UnmarshalExact(c); err != nil {
		return nil, fault.Wrap(err, fault.Usage, "config.syntax", "file", l.doc.path, "cause", err.Error())
	}
	l.stateDir(c)
	c.Warnings = l.unknownVariables()
	return c, nil
}

// value finds one key's value and where it came from; nil for none.
func (l *loader) value(k Key) (any, Origin) {
	if text, ok := l.opts.Flags[k.Name]; ok {
		return text, Origin{Kind: "flag", Name: "--" + strings.ReplaceAll(k.Name, "_", "-")}
	}
	if text, ok := l.env[k.Env()]; ok && k.Kind != RuleMap && k.Kind != ContactList {
		return text, Origin{Kind: "environment", Name: k.Env()}
	}
	for _, level := range []map[string]entry{l.section, l.doc.top} {
		if e, ok := level[k.Name]; ok {
			return l.resolve(k, e.value), Origin{Kind: "file", Name: l.doc.path, Line: e.line}
		}
	}
	if k.Default != "" {
		return k.Default, Origin{Kind: "default"}
	}
	return nil, Origin{}
}

func (l *loader) resolve(k Key, value any) any {
	text, ok := value.(string)
	if !ok || k.Kind != Path || text == "" || filepath.IsAbs(text) {
		return value
	}
	return filepath.Join(filepath.Dir(l.doc.path), text)
}

// stateDir fills in the user's own folder.
func (l *loader) stateDir(c *Config) {
	if c.StateDir == "" {
		c.StateDir = filepath.Join(l.opts.UserStateDir, "iplos")
		c.origins["state_dir"] = Origin{Kind: "default"}
	}
	c.values["state_dir"] = c.StateDir
}

func (l *loader) unknownVariables() []Warning {
	known := append(SecretVariables(), l.opts.KnownVariables...)
	known = append(known, "IPLOS_CONFIG")
	for _, k := range Keys() {
		known = append(known, k.Env())
	}
	var warnings []Warning
	for _, name := range slices.Sorted(maps.Keys(l.env)) {
		if !slices.Contains(known, name) {
			warnings = append(warnings, Warning{"config.unknown-variable", []any{"variable", name}})
		}
	}
	return warnings
}
