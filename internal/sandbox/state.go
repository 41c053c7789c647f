package sandbox

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"iplos/internal/atomicfile"
	"iplos/internal/crypt/keyfile"
	"iplos/internal/fault"
	"iplos/internal/register"
	"iplos/internal/secret"
)

// Account is one municipality's way in. Its secrets stand in the files named
// and nowhere else.
type Account struct {
	Municipality       string `json:"municipality"`
	District           string `json:"district"`
	OrganisationNumber string `json:"organisation_number"`
	PINFile            string `json:"pin_file"`
	// Mailbox is the municipality's postmottak, its Filsluse user name too.
	Mailbox      string `json:"filsluse_username"`
	PasswordFile string `json:"filsluse_password_file"`
}

// Name is "0403-00".
func (a Account) Name() string { return a.Municipality + "-" + a.District }

// PIN reads the account's PIN.
func (a Account) PIN() (secret.Value, error) { return readSecret(a.PINFile) }

// Password reads the account's Filsluse password.
func (a Account) Password() (secret.Value, error) { return readSecret(a.PasswordFile) }

func readSecret(path string) (secret.Value, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return secret.Value{}, fmt.Errorf("reading a secret: %w", err)
	}
	return secret.New([]byte(strings.TrimRight(string(data), "\r\n"))), nil
}

// Info is what one needs to use a running sandbox; it stands in sandbox.json.
type Info struct {
	SendemodulURL string `json:"sendemodul_url"`
	FilsluseURL   string `json:"filsluse_url"`
	CAFile        string `json:"ca_file"`
	// RegisterKey and PseudonymiserKey are the public keys to import, the
	// other two the private ones.
	RegisterKey          string    `json:"register_key"`
	RegisterPrivate      string    `json:"register_private_key"`
	PseudonymiserKey     string    `json:"pseudonymiser_key"`
	PseudonymiserPrivate string    `json:"pseudonymiser_private_key"`
	Accounts             []Account `json:"accounts"`
	// Config is a configuration file that reaches this sandbox as the first
	// account.
	Config string `json:"config"`
	// Receipts is the folder the e-mail receipts come to.
	Receipts string `json:"receipts"`
	Trail    string `json:"trail"`
	PID      int    `json:"pid"`
}

func writeJSON(path string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return atomicfile.WriteFile(path, append(data, '\n'), atomicfile.Options{Force: true})
}

// previous reads the sandbox.json of the last time, if there is one.
func previous(dir string) Info {
	var info Info
	data, err := os.ReadFile(filepath.Join(dir, "sandbox.json"))
	if err != nil || json.Unmarshal(data, &info) != nil {
		return Info{}
	}
	return info
}

// prepareAccounts makes the accounts' secrets, or keeps those that are there.
func prepareAccounts(opts Options) ([]Account, error) {
	names := append([]string{opts.Municipality + "-" + opts.District}, opts.More...)
	var accounts []Account
	for i, name := range names {
		municipality, district, ok := strings.Cut(name, "-")
		if !ok || !allDigits(municipality, 4) || !allDigits(district, 2) || slices.Contains(names[:i], name) {
			return nil, fault.New(fault.Usage, "sandbox.account", "account", name)
		}
		if _, known := register.Known(municipality); !known {
			return nil, fault.New(fault.Usage, "sandbox.account.unknown", "municipality", municipality)
		}
		a := Account{
			Municipality: municipality, District: district, OrganisationNumber: organisationNumber(i),
			PINFile: filepath.Join(opts.Dir, "pin-"+name+".txt"), PasswordFile: filepath.Join(opts.Dir, "filsluse-"+name+".txt"),
			Mailbox: "postmottak-" + name + "@kommune.example",
		}
		err := errors.Join(keepSecret(a.PINFile, newPIN), keepSecret(a.PasswordFile, newPassword))
		if err != nil {
			return nil, err
		}
		accounts = append(accounts, a)
	}
	return accounts, nil
}

func allDigits(s string, n int) bool {
	_, err := strconv.ParseUint(s, 10, 32)
	return err == nil && len(s) == n
}

func keepSecret(path string, make func() string) error {
	err := atomicfile.WriteFile(path, []byte(make()+"\n"), atomicfile.Options{})
	if errors.Is(err, atomicfile.ErrExists) {
		return nil
	}
	return err
}

// newPIN draws eight digits.
func newPIN() string {
	n, err := rand.Int(rand.Reader, big.NewInt(90_000_000))
	if err != nil { // crypto/rand does not fail
		return ""
	}
	return strconv.FormatInt(10_000_000+n.Int64(), 10)
}

// newPassword has a letter and a digit, as Filsluse demands.
func newPassword() string { return strings.ToLower(rand.Text()[:16]) + "-7k" }

// keptKey returns the private key that is there, and nil when there is none
// or its certificate has run out.
func keptKey(public, private string, now time.Time) (*rsa.PrivateKey, error) {
	certificate, errPublic := os.ReadFile(public)
	data, errPrivate := os.ReadFile(private)
	if err := errors.Join(errPublic, errPrivate); err != nil {
		return nil, nil //nolint:nilerr // they are made, or made anew
	}
	key, err := keyfile.Parse(certificate, public)
	if err != nil || now.After(key.NotAfter()) {
		return nil, err
	}
	return keyfile.ParsePrivate(data, private)
}

// prepareKeys makes a receiver's key pair, or keeps the one that is there
// while it is valid.
func prepareKeys(opts Options, name, commonName string) (public, private string, key *rsa.PrivateKey, err error) {
	public, private = filepath.Join(opts.Dir, name+".cer"), filepath.Join(opts.Dir, name+"-private.pem")
	if key, err = keptKey(public, private, opts.Now()); key != nil || err != nil {
		return public, private, key, err
	}
	// Valid from the day SSB publishes the year's key, and now.
	from := time.Date(opts.Year, 12, 1, 0, 0, 0, 0, time.UTC)
	if now := opts.Now(); now.Before(from) {
		from = now.Add(-time.Hour)
	}
	to := time.Date(opts.Year+1, 12, 31, 0, 0, 0, 0, time.UTC)
	if later := opts.Now().AddDate(1, 0, 0); to.Before(later) {
		to = later
	}
	pair, err := keyfile.Generate(keyfile.GenerateOptions{CommonName: commonName, NotBefore: from, NotAfter: to})
	if err != nil {
		return "", "", nil, err
	}
	force := atomicfile.Options{Force: true}
	err = errors.Join(
		atomicfile.WriteFile(private, pair.PrivatePEM, force),
		atomicfile.WriteFile(public, pair.CertificatePEM, atomicfile.Options{Force: true, Mode: 0o644}),
	)
	return public, private, pair.Private, err
}
