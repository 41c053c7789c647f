package config

// Put sets one of the keys that a person may be asked for when they are
// missing; it checks the value as the file's are checked. The file is not
// changed.
func (c *Config) Put(key, value string) error {
	k, _ := Find(key)
	origin := Origin{Kind: "answer"}
	if err := check(k, value, origin); err != nil {
		return err
	}
	switch key {
	case "municipality":
		c.Municipality = value
		c.translate()
	case "organisation_number":
		c.OrganisationNumber = value
	case "contact.email":
		c.Contact.Email = value
	}
	c.values[key], c.origins[key] = value, origin
	return nil
}
