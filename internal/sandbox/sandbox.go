package sandbox

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"iplos/internal/atomicfile"
	"iplos/internal/fault"
	"iplos/internal/sandbox/filsluse"
	"iplos/internal/sandbox/sendemodul"
	"iplos/internal/sandbox/ssb"
	"iplos/internal/sandbox/testca"
	"iplos/internal/sandbox/trail"
	"iplos/internal/secret"
)

// Sandbox is a running sandbox.
type Sandbox struct {
	info  Info
	opts  Options
	trail *trail.Trail
	send  *sendemodul.Server
	file  *filsluse.Server
	ssb   *ssb.SSB
	web   []*site
	work  *worker
	free  func() error // ends the lock of the folder
	once  sync.Once
	err   error
}

// Start starts a sandbox and returns when it listens. It runs until Close or
// until the context ends. A port in use is a fault of kind usage, a folder in
// use one of kind locked.
func Start(ctx context.Context, opts Options) (s *Sandbox, err error) {
	opts = opts.withDefaults()
	if opts.Dir, err = filepath.Abs(opts.Dir); err != nil {
		return nil, fmt.Errorf("finding the sandbox's folder: %w", err)
	}
	use, err := opts.chosen()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(opts.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the sandbox's folder: %w", err)
	}
	s = &Sandbox{opts: opts}
	s.free, err = atomicfile.TryLock(filepath.Join(opts.Dir, "sandbox"))
	if errors.Is(err, atomicfile.ErrHeld) {
		return nil, fault.New(fault.Locked, "sandbox.locked", "folder", opts.Dir)
	}
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	keys, err := s.prepare()
	if err != nil {
		return s, err
	}
	if err := s.build(use, keys); err != nil {
		return s, err
	}
	before := s.send.Deliveries() // what comes once it listens, the worker is told of
	if err := s.listen(ctx, use); err != nil {
		return s, err
	}
	s.work.start(ctx, before)
	return s, s.describe()
}

// prepare makes what stands in the folder: secrets, keys, the trail.
func (s *Sandbox) prepare() ([]*rsa.PrivateKey, error) {
	o := s.opts
	in := func(name string) string { return filepath.Join(o.Dir, name) }
	s.info = Info{
		CAFile: in("ca.pem"), Config: in("iplos.yaml"), Receipts: in("receipts"), Trail: in("trail.jsonl"), PID: os.Getpid(),
	}
	var err error
	if s.info.Accounts, err = prepareAccounts(o); err != nil {
		return nil, err
	}
	var register, pseudonymiser *rsa.PrivateKey
	s.info.RegisterKey, s.info.RegisterPrivate, register, err = prepareKeys(o, "register", "iplos sandbox register")
	if err != nil {
		return nil, err
	}
	s.info.PseudonymiserKey, s.info.PseudonymiserPrivate, pseudonymiser, err = prepareKeys(o, "pseudonymiser", "iplos sandbox pseudonymiser")
	if err != nil {
		return nil, err
	}
	s.trail, err = trail.Open(s.info.Trail, o.Now)
	return []*rsa.PrivateKey{register, pseudonymiser}, err
}

// build makes the services.
func (s *Sandbox) build(use chosen, keys []*rsa.PrivateKey) (err error) {
	var senders []sendemodul.Account
	var fetchers []filsluse.Account
	for _, a := range s.info.Accounts {
		pin, errPIN := a.PIN()
		password, errPassword := a.Password()
		if err := errors.Join(errPIN, errPassword); err != nil {
			return err
		}
		senders = append(senders, sendemodul.Account{
			Municipality: a.Municipality, District: a.District, OrganisationNumber: a.OrganisationNumber, PIN: pin,
		})
		fetchers = append(fetchers, filsluse.Account{Username: a.Mailbox, Password: password, FullName: "Kommune " + a.Name()})
	}
	s.file, err = filsluse.New(filsluse.Options{
		Dir: filepath.Join(s.opts.Dir, "filsluse"), Accounts: fetchers, Scenarios: use.file, Now: s.opts.Now,
		Trail: s.trail, PasswordChanged: s.keepPassword,
	})
	if err != nil {
		return err
	}
	s.ssb, err = ssb.New(ssb.Options{
		Dir: s.opts.Dir, Keys: keys, Scenarios: use.ssb, Trail: s.trail, Mailbox: s.mailbox, Put: s.put,
	})
	if err != nil {
		return err
	}
	s.work = newWorker(filepath.Join(s.opts.Dir, "done"), s.ssb)
	s.send, err = sendemodul.New(sendemodul.Options{
		Dir: filepath.Join(s.opts.Dir, "sendemodul"), Accounts: senders, Variant: use.pages, Scenarios: use.sendemodul,
		Now: s.opts.Now, Trail: s.trail, Delivered: s.work.add,
	})
	return err
}

func (s *Sandbox) put(mailbox, name string, r io.Reader) (string, error) {
	return s.file.Put(mailbox, name, r)
}

func (s *Sandbox) mailbox(account string) string {
	for _, a := range s.info.Accounts {
		if a.Name() == account {
			return a.Mailbox
		}
	}
	return ""
}

// keepPassword writes a password the user chose to the account's file.
func (s *Sandbox) keepPassword(username string, password secret.Value) {
	for _, a := range s.info.Accounts {
		if a.Mailbox == username {
			data := append(append([]byte(nil), password.Reveal()...), '\n')
			err := atomicfile.WriteFile(a.PasswordFile, data, atomicfile.Options{Force: true})
			s.trail.Add(trail.Entry{Service: "filsluse", Who: username, Event: "password-kept", OK: err == nil})
		}
	}
}

// listen opens both addresses. Certificates follow the real clock, whatever
// the calendar is: a client judges them by its own.
func (s *Sandbox) listen(ctx context.Context, use chosen) error {
	ca, err := testca.Load(s.opts.Dir, time.Now())
	if err != nil {
		return err
	}
	last := previous(s.opts.Dir)
	front, err := openSite(ctx, siteOptions{addr: s.opts.Addr, last: last.SendemodulURL, ca: ca, now: time.Now(), handler: s.send})
	if err != nil {
		return err
	}
	s.web = append(s.web, front)
	s.info.SendemodulURL = front.url + sendemodul.Base
	back := siteOptions{addr: s.opts.FilsluseAddr, last: last.FilsluseURL, ca: ca, now: time.Now(), handler: s.file, oldTLS: use.has(OldTLS)}
	if use.has(UnknownCA) {
		if back.ca, err = testca.New(time.Now(), "unknown"); err != nil {
			return err
		}
	}
	site, err := openSite(ctx, back)
	if err != nil {
		return err
	}
	s.web = append(s.web, site)
	s.info.FilsluseURL = site.url + "/"
	return nil
}

// Info returns what one needs to use the sandbox.
func (s *Sandbox) Info() Info { return s.info }

// Trail returns the audit trail since the start.
func (s *Sandbox) Trail() []trail.Entry { return s.trail.Entries() }

// Deliveries returns what the Sendemodul has received, oldest first.
func (s *Sandbox) Deliveries() []sendemodul.Delivery { return s.send.Deliveries() }

// Settled waits until every delivery has been opened, checked and answered:
// the next morning, simulated. It returns what became of each package, and
// the errors met.
func (s *Sandbox) Settled(ctx context.Context) ([]ssb.Outcome, error) { return s.work.settled(ctx) }

// Put makes a file wait on the Filsluse for an account's mailbox.
func (s *Sandbox) Put(mailbox, name string, r io.Reader) (string, error) {
	return s.put(mailbox, name, r)
}

// Names returns the names of the files that wait for a mailbox.
func (s *Sandbox) Names(mailbox string) []string { return s.file.Names(mailbox) }

// Close stops the sandbox and waits until everything of it has stopped. A
// second call returns what the first did.
func (s *Sandbox) Close() error {
	s.once.Do(func() {
		if s.send != nil {
			s.send.Close()
		}
		if s.file != nil {
			s.file.Close()
		}
		var errs []error
		for _, site := range s.web {
			errs = append(errs, site.close())
		}
		if s.work != nil {
			s.work.close()
		}
		if s.trail != nil {
			errs = append(errs, s.trail.Close())
		}
		if s.free != nil {
			errs = append(errs, s.free())
		}
		s.err = errors.Join(errs...)
	})
	return s.err
}
