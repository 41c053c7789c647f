// Package config reads the settings: flag over environment over file over
// default. The file is the one named, or iplos.yaml in the user's own
// configuration folder; never one that merely lies beside the call, which
// could send a municipality's data elsewhere. It is the only package that
// imports viper.
package config

import "iplos/internal/finding"

// Config is the settings of one municipality, checked for form. What a
// command needs beyond that it asks for with [Config.Require].
type Config struct {
	// Municipality is the number the municipality reports under. With
	// TranslateMunicipality it is the data year's, and may differ from
	// MunicipalitySet, the one that is set.
	Municipality       string `mapstructure:"municipality"`
	MunicipalitySet    string `mapstructure:"-"`
	District           string `mapstructure:"district"`
	OrganisationNumber string `mapstructure:"organisation_number"`
	// Year is the data year.
	Year int `mapstructure:"year"`
	// Zone is "secure", "outside" or empty.
	Zone     string    `mapstructure:"zone"`
	Export   string    `mapstructure:"export"`
	Contact  Contact   `mapstructure:"contact"`
	Contacts []Contact `mapstructure:"contacts"`

	PINFile                 string `mapstructure:"pin_file"`
	PINCommand              string `mapstructure:"pin_command"`
	FeedbackPasswordFile    string `mapstructure:"feedback_password_file"`
	FeedbackPasswordCommand string `mapstructure:"feedback_password_command"`
	Vault                   string `mapstructure:"vault"`
	VaultPassphraseFile     string `mapstructure:"vault_passphrase_file"`
	VaultPassphraseCommand  string `mapstructure:"vault_passphrase_command"`

	// StateDir holds key pins, journal, locks and ledger of this
	// municipality.
	StateDir string `mapstructure:"state_dir"`

	Sendemodul Sendemodul `mapstructure:"sendemodul"`
	Filsluse   Filsluse   `mapstructure:"filsluse"`
	Key        KeyPolicy  `mapstructure:"key"`

	// Package is "tar" or "folder", Compression "gzip" or "none".
	Package     string `mapstructure:"package"`
	Compression string `mapstructure:"compression"`
	// PartSize is the payload of one part in bytes.
	PartSize int `mapstructure:"part_size"`

	Rules    Rules    `mapstructure:"rules"`
	Campaign Campaign `mapstructure:"campaign"`

	Profile               string `mapstructure:"profile"`
	TranslateMunicipality bool   `mapstructure:"translate_municipality"`
	ServicePlaces         string `mapstructure:"service_places"`
	AllowSynthetic        bool   `mapstructure:"allow_synthetic"`

	// File is the file the settings came from, empty when there is none.
	File string `mapstructure:"-"`
	// Paths are the file and what it and the other settings name: files and
	// folders of every municipality in a list, which the commands for one of
	// them must not harm.
	Paths []string `mapstructure:"-"`
	// Listed are the municipalities of a host company's list, empty without
	// one.
	Listed []string `mapstructure:"-"`
	// Warnings are what is odd but no error, as catalogue ids with arguments.
	Warnings []Warning `mapstructure:"-"`

	origins map[string]Origin
	values  map[string]string
}

// Contact is a person responsible for the municipality's IPLOS data.
type Contact struct {
	Name  string `mapstructure:"name"`
	Email string `mapstructure:"email"`
	Phone string `mapstructure:"phone"`
	// Type is 1, 2 or 3 in the 2018 message.
	Type string `mapstructure:"type"`
}

// Sendemodul says where and how to deliver.
type Sendemodul struct {
	URL    string `mapstructure:"url"`
	CAFile string `mapstructure:"ca_file"`
	Proxy  string `mapstructure:"proxy"`
	// Fields names form fields that recognition should not guess at.
	Fields map[string]string `mapstructure:"fields"`
	// Success and Failure are regular expressions over the page's text.
	Success string `mapstructure:"success"`
	Failure string `mapstructure:"failure"`
}

// Filsluse says where to fetch feedback.
type Filsluse struct {
	URL             string `mapstructure:"url"`
	CAFile          string `mapstructure:"ca_file"`
	Proxy           string `mapstructure:"proxy"`
	Username        string `mapstructure:"username"`
	PasswordFile    string `mapstructure:"password_file"`
	PasswordCommand string `mapstructure:"password_command"`
}

// KeyPolicy says what the receiver opens, why one key is enough, and what
// keys are checked with.
type KeyPolicy struct {
	Profile               string `mapstructure:"profile"`
	SingleRecipientReason string `mapstructure:"single_recipient_reason"`
	RootFile              string `mapstructure:"root_file"`
	CRLFile               string `mapstructure:"crl_file"`
}

// Rules holds overrides: a severity and its written reason belong together.
type Rules struct {
	Severity        map[string]string `mapstructure:"severity"`
	Reason          map[string]string `mapstructure:"reason"`
	StatChangeShare float64           `mapstructure:"stat_change_share"`
	// Checksum is "strict" or "2032", which control digits are right.
	Checksum string `mapstructure:"checksum"`
}

// Campaign overrides days of the campaign, where SSB has announced others
// than the program knows: days as 2018-01-15, empty for no change. They hold
// for the data year they belong to.
type Campaign struct {
	KeyFrom       string `mapstructure:"key_from"`
	WindowFrom    string `mapstructure:"window_from"`
	WindowTo      string `mapstructure:"window_to"`
	FeedbackWeek  int    `mapstructure:"feedback_week"`
	CorrectionsBy string `mapstructure:"corrections_by"`
}

// Override is a rule whose severity the municipality has changed.
type Override struct {
	Rule     string
	Severity finding.Severity
	Reason   string
}

// Warning is a catalogue id and its arguments.
type Warning struct {
	ID   string
	Args []any
}

// Origin says where a value came from.
type Origin struct {
	// Kind is "flag", "environment", "file" or "default".
	Kind string `json:"kind"`
	// Name is the flag, the variable or the file.
	Name string `json:"name,omitempty"`
	// Line is the line in the file.
	Line int `json:"line,omitempty"`
}
