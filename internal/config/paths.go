package config

// paths gathers the files and folders of a configuration: those in force, and
// all that stand in the file.
func (l *loader) paths(c *Config) []string {
	list := []string{c.File}
	for _, k := range Keys() {
		if k.Kind != Path {
			continue
		}
		list = append(list, c.values[k.Name])
		for _, level := range append([]map[string]entry{l.doc.top}, l.doc.sections...) {
			if e, ok := level[k.Name]; ok {
				text, _ := l.resolve(k, e.value).(string)
				list = append(list, text)
			}
		}
	}
	return list
}
