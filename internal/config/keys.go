package config

import (
	"slices"
	"strings"
)

// Kind is how a key's value is read.
type Kind uint8

// The kinds of value.
const (
	Text Kind = iota + 1
	// Path is a file or folder; a relative one in the file is relative to
	// the file.
	Path
	// Command is a program and its arguments, run without a shell.
	Command
	// Number is a whole number.
	Number
	// Share is a fraction of one, with a decimal point.
	Share
	// Date is a day, as 2018-01-15.
	Date
	// Switch is true or false.
	Switch
	// RuleMap is a map from rule ids to texts.
	RuleMap
	// ContactList is a list of contacts.
	ContactList
)

// Key is one setting. The table of keys drives what the file may hold, the
// environment variables, `config show`, and the file that `init` writes.
type Key struct {
	// Name is the key with its sections: "sendemodul.url".
	Name string
	Kind Kind
	// Default is the value as it would be written; empty for none.
	Default string
	// Own marks what belongs to one municipality: with a list of
	// municipalities it stands in each entry and is never inherited, so that
	// nothing of one can be used for another.
	Own bool
	// OneOf lists the allowed values, where there are few.
	OneOf []string
}

// Env returns the key's environment variable.
func (k Key) Env() string {
	return EnvPrefix + strings.ToUpper(strings.ReplaceAll(k.Name, ".", "_"))
}

// EnvPrefix begins every environment variable the program reads.
const EnvPrefix = "IPLOS_"

// The published addresses, from SSB's guide for 2017 data.
const (
	SendemodulURL = "https://iplos.nhn.no/Sendemodul/"
	FilsluseURL   = "https://filsluse.ssb.no/"
)

// Keys returns the settings in the order they are shown and written.
func Keys() []Key {
	return []Key{
		{Name: "municipality", Kind: Text, Own: true},
		{Name: "district", Kind: Text, Default: "00", Own: true},
		{Name: "organisation_number", Kind: Text, Own: true},
		{Name: "year", Kind: Number, Default: "2017"},
		{Name: "zone", Kind: Text, OneOf: []string{"secure", "outside"}},
		{Name: "export", Kind: Path, Own: true},
		{Name: "contact.name", Kind: Text},
		{Name: "contact.email", Kind: Text},
		{Name: "contact.phone", Kind: Text},
		{Name: "contacts", Kind: ContactList},
		{Name: "pin_file", Kind: Path, Own: true},
		{Name: "pin_command", Kind: Command, Own: true},
		{Name: "feedback_password_file", Kind: Path, Own: true},
		{Name: "feedback_password_command", Kind: Command, Own: true},
		{Name: "vault", Kind: Path, Own: true},
		{Name: "vault_passphrase_file", Kind: Path, Own: true},
		{Name: "vault_passphrase_command", Kind: Command, Own: true},
		{Name: "state_dir", Kind: Path},
		{Name: "sendemodul.url", Kind: Text, Default: SendemodulURL},
		{Name: "sendemodul.ca_file", Kind: Path},
		{Name: "sendemodul.proxy", Kind: Text},
		{Name: "sendemodul.success", Kind: Text},
		{Name: "sendemodul.failure", Kind: Text},
		{Name: "sendemodul.fields.municipality", Kind: Text},
		{Name: "sendemodul.fields.district", Kind: Text},
		{Name: "sendemodul.fields.organisation_number", Kind: Text},
		{Name: "sendemodul.fields.pin", Kind: Text},
		{Name: "sendemodul.fields.file", Kind: Text},
		{Name: "filsluse.url", Kind: Text, Default: FilsluseURL},
		{Name: "filsluse.ca_file", Kind: Path},
		{Name: "filsluse.proxy", Kind: Text},
		{Name: "filsluse.username", Kind: Text, Own: true},
		{Name: "filsluse.password_file", Kind: Path, Own: true},
		{Name: "filsluse.password_command", Kind: Command, Own: true},
		{Name: "key.profile", Kind: Text, Default: "gcm", OneOf: []string{"gcm", "cbc"}},
		{Name: "key.single_recipient_reason", Kind: Text},
		{Name: "key.root_file", Kind: Path},
		{Name: "key.crl_file", Kind: Path},
		{Name: "package", Kind: Text, Default: "tar", OneOf: []string{"tar", "folder"}},
		{Name: "compression", Kind: Text, Default: "gzip", OneOf: []string{"gzip", "none"}},
		{Name: "part_size", Kind: Number, Default: "33554432"},
		{Name: "rules.severity", Kind: RuleMap},
		{Name: "rules.reason", Kind: RuleMap},
		{Name: "rules.stat_change_share", Kind: Share, Default: "0.25"},
		{Name: "rules.checksum", Kind: Text, Default: "strict", OneOf: []string{"strict", "2032"}},
		{Name: "campaign.key_from", Kind: Date},
		{Name: "campaign.window_from", Kind: Date},
		{Name: "campaign.window_to", Kind: Date},
		{Name: "campaign.feedback_week", Kind: Number},
		{Name: "campaign.corrections_by", Kind: Date},
		{Name: "profile", Kind: Path},
		{Name: "translate_municipality", Kind: Switch, Default: "false"},
		{Name: "service_places", Kind: Path, Own: true},
		{Name: "allow_synthetic", Kind: Switch, Default: "false"},
	}
}

// Find returns the key with that name.
func Find(name string) (Key, bool) {
	keys := Keys()
	if i := slices.IndexFunc(keys, func(k Key) bool { return k.Name == name }); i >= 0 {
		return keys[i], true
	}
	return Key{}, false
}

// SecretVariables returns the environment variables that hold secrets, which
// have no key in the file.
func SecretVariables() []string {
	return []string{"IPLOS_PIN", "IPLOS_FEEDBACK_PASSWORD", "IPLOS_FILSLUSE_PASSWORD", "IPLOS_VAULT_PASSPHRASE"}
}
