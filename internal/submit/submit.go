// Package submit delivers a sealed package: a table of channels, one file
// each. Delivery is at most once. An upload is never sent again by itself,
// and what is not certain is said to be unknown.
package submit

import (
	"context"
	"net/url"
	"regexp"
	"strconv"

	"iplos/internal/fault"
	"iplos/internal/httpx"
	"iplos/internal/secret"
)

// lastYear is the last data year the Sendemodul was for: from data year 2018
// on the data go to KPR.
const lastYear = 2017

// State is what is known of a file after a run.
type State string

// The states of a file.
const (
	// NotSent: no byte of it left this machine.
	NotSent State = "not-sent"
	// Uploaded: the server said so, or lists it. That is no receipt.
	Uploaded State = "uploaded"
	// Unknown: the server may or may not have it.
	Unknown State = "unknown"
	// Refused: the server said no.
	Refused State = "refused"
)

// File is one file to deliver.
type File struct {
	Name  string
	Path  string
	Bytes int64
	// SHA256 in hex is compared with the file before anything is sent. Checked
	// leaves that out: this run wrote the file itself, or has just read it.
	SHA256  string
	Checked bool
	// Doubt marks a file whose earlier upload has an unknown outcome: the
	// server is asked, and it is sent again only with Options.Resend.
	Doubt bool
}

// Consignment is what to deliver, in that order.
type Consignment struct {
	// ID is the submission's.
	ID    string
	Year  int
	Files []File
	// Synthetic tells that the package holds a synthetic person: it goes to
	// loopback addresses only.
	Synthetic bool
}

// Login is who delivers.
type Login struct {
	Municipality, District, OrgNumber string
	PIN                               secret.Value
}

// Mapping overrides what the channel recognises by itself.
type Mapping struct {
	// Fields maps a role (see Roles) to the name or id of a form field.
	Fields map[string]string
	// Success and Failure are regular expressions on the text of the page
	// that answers the upload.
	Success, Failure string
}

// Options say where and how to deliver.
type Options struct {
	// Channel is a name from Channels; empty is the first.
	Channel string
	URL     string
	Login   Login
	Mapping Mapping
	HTTP    httpx.Options
	// Resend sends files in doubt again, unless the server lists them.
	Resend bool
	// Events hears of each upload before its first byte and after its end;
	// nil is for tests and rehearsals that keep no journal.
	Events Events
	// Progress is called as bytes leave; nil for none.
	Progress func(Progress)
}

// Events keeps the record. Uploading returns when the record is on disk; its
// error stops the run before a byte is sent.
type Events interface {
	Uploading(files []File, server string) error
	Ended(result FileResult, server string) error
}

// Progress says how far an upload is: of the sealed bytes of the whole
// consignment, what is sent in this run or was accepted before.
type Progress struct {
	File        string
	Index, Of   int
	Sent, Total int64
}

// FileResult is what became of one file.
type FileResult struct {
	File
	State State
	// Reason is why it is not uploaded, one of Reasons; "listed" when it is
	// uploaded because the server's list shows it.
	Reason string
	// Status is the HTTP status of the answer, 0 without one.
	Status int
	// Confirmation is the page's text, cleaned and bounded, Said the few
	// sentences of it for a person; Reference what looks like a reference in
	// it.
	Confirmation, Said, Reference string
}

// Outcome is what a run did.
type Outcome struct {
	// State is the least certain of the files'.
	State State
	Files []FileResult
	// Confirmation, Said and Reference are of the last page that answered.
	Confirmation, Said, Reference string
	// Server is where it went, without query.
	Server string
}

// Channel is a way to deliver.
type Channel struct {
	Name string
	// Address is where it is when nothing is configured.
	Address string
	send    func(context.Context, *job) error
}

// Channels returns the ways to deliver, the default first.
func Channels() []Channel {
	return []Channel{sendemodul()}
}

// job is one run of Send.
type job struct {
	opts    Options
	cons    Consignment
	start   *url.URL
	success *regexp.Regexp
	failure *regexp.Regexp
	out     *Outcome
	// known are the texts that stood there before anything was uploaded:
	// they say nothing of the upload.
	known map[string]bool
	lex   *lexicon
}

// Send delivers the consignment. The outcome is filled in also when there is
// an error, which is nil only when every file is uploaded. Faults: Usage for
// what is not sent at all, Network and Refused when nothing more was
// delivered than the outcome says, Unknown when something may have arrived.
func Send(ctx context.Context, opts Options, cons Consignment) (*Outcome, error) {
	out := &Outcome{State: NotSent}
	for _, f := range cons.Files {
		r := FileResult{File: f, State: NotSent}
		if f.Doubt {
			r.State, r.Reason = Unknown, "doubt"
		}
		out.Files = append(out.Files, r)
	}
	j, channel, err := prepare(opts, cons, out)
	if err != nil {
		return out, err
	}
	if err := checkFiles(cons.Files); err != nil {
		return out, err
	}
	err = channel.send(ctx, j)
	out.sum()
	return out, err
}

// Target returns the address a delivery goes to, checked, and whether it is a
// rehearsal: a loopback address.
func Target(opts Options) (address *url.URL, rehearsal bool, err error) {
	channel, err := channelNamed(opts.Channel)
	if err != nil {
		return nil, false, err
	}
	raw := opts.URL
	if raw == "" {
		raw = channel.Address
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.User != nil || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, false, fault.New(fault.Usage, "submit.url", "url", shown(u))
	}
	rehearsal = httpx.IsLoopback(raw)
	if u.Scheme != "https" && !rehearsal {
		return nil, false, fault.New(fault.Usage, "submit.url.plain", "url", shown(u))
	}
	return u, rehearsal, nil
}

// Allowed returns a fault when this tool will not deliver such data to that
// address: a data year the Sendemodul is not for, or synthetic persons.
func Allowed(rehearsal bool, year int, synthetic bool) error {
	switch {
	case rehearsal:
		return nil
	case year > lastYear:
		return fault.New(fault.Usage, "submit.year", "year", strconv.Itoa(year))
	case synthetic:
		return fault.New(fault.Usage, "submit.synthetic")
	default:
		return nil
	}
}

func prepare(opts Options, cons Consignment, out *Outcome) (*job, Channel, error) {
	channel, err := channelNamed(opts.Channel)
	if err != nil {
		return nil, channel, err
	}
	u, rehearsal, err := Target(opts)
	if err != nil {
		return nil, channel, err
	}
	if err := Allowed(rehearsal, cons.Year, cons.Synthetic); err != nil {
		return nil, channel, err
	}
	if len(cons.Files) == 0 {
		return nil, channel, fault.New(fault.Usage, "submit.files.none")
	}
	if opts.Login.PIN.IsZero() {
		return nil, channel, fault.New(fault.Usage, "submit.pin.missing")
	}
	opts.HTTP.LoopbackOnly = rehearsal
	opts.HTTP.FreshConnections = true
	j := &job{opts: opts, cons: cons, start: u, out: out}
	out.Server = shown(u)
	if j.success, err = compile("sendemodul.success", opts.Mapping.Success); err != nil {
		return nil, channel, err
	}
	if j.failure, err = compile("sendemodul.failure", opts.Mapping.Failure); err != nil {
		return nil, channel, err
	}
	return j, channel, nil
}

func channelNamed(name string) (Channel, error) {
	all := Channels()
	if name == "" {
		return all[0], nil
	}
	for _, c := range all {
		if c.Name == name {
			return c, nil
		}
	}
	return Channel{}, fault.New(fault.Usage, "submit.channel", "channel", name)
}

func compile(key, pattern string) (*regexp.Regexp, error) {
	if pattern == "" {
		return nil, nil //nolint:nilnil // nothing configured
	}
	r, err := regexp.Compile("(?i)" + pattern)
	if err != nil {
		return nil, fault.Wrap(err, fault.Usage, "submit.pattern", "key", key)
	}
	return r, nil
}

// shown is an address as it may be shown and kept: no user, query or session
// id.
func shown(u *url.URL) string {
	if u == nil {
		return ""
	}
	return u.Scheme + "://" + u.Host + httpx.LogPath(u)
}

func (o *Outcome) sum() {
	rank := map[State]int{Uploaded: 0, NotSent: 1, Refused: 2, Unknown: 3}
	o.State = Uploaded
	for _, f := range o.Files {
		if rank[f.State] > rank[o.State] {
			o.State = f.State
		}
		if f.Confirmation != "" {
			o.Confirmation, o.Said = f.Confirmation, f.Said
		}
		if f.Reference != "" {
			o.Reference = f.Reference
		}
	}
}
