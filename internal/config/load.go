package config

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
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
	// FlagNames are the flags by key name, where they are named otherwise than
	// the key with hyphens.
	FlagNames map[string]string
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
	return doc.load(opts, env)
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

// Draft is Load for `init`: of a file that may not be there yet, or that holds
// what is about to be put right. Values in it that cannot be right are left
// out, and a municipality that is not in its list is about to be added.
func Draft(opts Options) (*Config, error) {
	env := environment(opts.Environ)
	doc := &document{path: Target(opts), top: map[string]entry{}}
	if _, err := os.Stat(doc.path); !errors.Is(err, os.ErrNotExist) {
		if doc, err = readDocument(doc.path); err != nil {
			return nil, err
		}
	}
	section, _ := doc.section(opts, env)
	l := loader{opts: opts, env: env, doc: doc, section: section, draft: true}
	return l.load()
}

// Salvage is what can be used of settings that Load refuses, for `doctor`,
// which goes on with its other checks.
func Salvage(opts Options) (*Config, error) {
	doc, _ := scanTarget(opts)
	env := environment(opts.Environ)
	section, err := doc.section(opts, env)
	if err != nil {
		section = nil
	}
	l := loader{opts: opts, env: env, doc: doc, section: section, draft: true, salvage: true}
	return l.load()
}

// Problems returns all that is wrong with the file and the settings, for
// `config check`. Load returns the first.
func Problems(opts Options) []error {
	doc, wrong := scanTarget(opts)
	l := loader{opts: opts, env: environment(opts.Environ), doc: doc}
	for _, section := range append([]map[string]entry{nil}, doc.sections...) {
		l.section = section
		for _, k := range Keys() {
			value, origin := l.value(k)
			text, ok := value.(string)
			if _, own := section[k.Name]; !ok || section != nil && !own {
				continue // a section's own values only: the others were seen
			}
			if err := check(k, text, origin); err != nil {
				wrong = append(wrong, err)
			}
		}
	}
	return wrong
}

// scanTarget reads what can be read of the file that Load would read.
func scanTarget(opts Options) (*document, []error) {
	path := Target(opts)
	data, err := os.ReadFile(path)
	if err != nil {
		_, err = findDocument(opts, environment(opts.Environ)) // says what is wrong, if anything
		doc := &document{top: map[string]entry{}}
		if err != nil {
			return doc, []error{err}
		}
		return doc, nil
	}
	return scanDocument(path, data)
}

// Parse is Load of a file's contents that are not written yet.
func Parse(path string, data []byte, opts Options) (*Config, error) {
	env := environment(opts.Environ)
	doc, err := parseDocument(path, data)
	if err != nil {
		return nil, err
	}
	return doc.load(opts, env)
}

func (d *document) load(opts Options, env map[string]string) (*Config, error) {
	section, err := d.section(opts, env)
	if err != nil {
		return nil, err
	}
	l := loader{opts: opts, env: env, doc: d, section: section}
	return l.load()
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
// there is no list or none is chosen. It is chosen by the number in the list,
// or by the one it reports under.
func (d *document) section(opts Options, env map[string]string) (map[string]entry, error) {
	municipality, district := chosen(opts, env, "municipality"), chosen(opts, env, "district")
	if len(d.sections) == 0 || municipality == "" {
		return nil, nil
	}
	for _, reports := range []bool{false, true} {
		for _, s := range d.sections {
			number := s["municipality"].value.(string)
			if reports {
				number = d.reportsAs(opts, env, s)
			}
			if number == municipality && (district == "" || districtOf(s) == district) {
				return s, nil
			}
		}
	}
	return nil, fault.New(fault.Usage, "config.not-in-list", "file", d.path, "municipality", municipality)
}

// reportsAs returns the number that a municipality of the list reports under.
// What is wrong with its settings is found when it is loaded.
func (d *document) reportsAs(opts Options, env map[string]string, section map[string]entry) string {
	l := loader{opts: opts, env: env, doc: d, section: section}
	c := Config{Municipality: section["municipality"].value.(string)}
	for _, k := range Keys() {
		value, _ := l.value(k)
		text, _ := value.(string)
		switch k.Name {
		case "year":
			c.Year, _ = strconv.Atoi(text)
		case "translate_municipality":
			c.TranslateMunicipality = text == "true"
		}
	}
	c.translate()
	return c.Municipality
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
	// draft passes over what is wrong in the file, salvage over what is wrong
	// elsewhere too.
	draft, salvage bool
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
		if text, ok := value.(string); ok {
			if err := check(k, text, origin); err != nil {
				if l.draft && origin.Kind == "file" || l.salvage {
					continue
				}
				return nil, err
			}
			c.values[k.Name] = text
		}
		c.origins[k.Name] = origin
		v.Set(k.Name, value)
	}
	if err := v.UnmarshalExact(c); err != nil {
		return nil, fault.Wrap(err, fault.Usage, "config.syntax", "file", l.doc.path, "cause", err.Error())
	}
	l.stateDir(c)
	c.Paths = l.paths(c)
	c.translate()
	c.Warnings = l.unknownVariables()
	return c, nil
}

// value finds one key's value and where it came from; nil for none.
func (l *loader) value(k Key) (any, Origin) {
	if text, ok := l.opts.Flags[k.Name]; ok {
		return text, Origin{Kind: "flag", Name: "--" + l.flagName(k)}
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

func (l *loader) flagName(k Key) string {
	if name := l.opts.FlagNames[k.Name]; name != "" {
		return name
	}
	return strings.NewReplacer(".", "-", "_", "-").Replace(k.Name)
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
			if likely := nearestVariable(name, known); likely != "" {
				warnings = append(warnings, Warning{"config.unknown-variable-likely", []any{"variable", name, "likely", likely}})
				continue
			}
			warnings = append(warnings, Warning{"config.unknown-variable", []any{"variable", name}})
		}
	}
	return warnings
}

// nearestVariable compares what follows the prefix, which all have.
func nearestVariable(name string, known []string) string {
	bare := make([]string, len(known))
	for i, k := range known {
		bare[i] = strings.TrimPrefix(k, EnvPrefix)
	}
	if likely := Nearest(strings.TrimPrefix(name, EnvPrefix), bare); likely != "" {
		return EnvPrefix + likely
	}
	return ""
}
