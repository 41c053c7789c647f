package submit

import (
	"context"
	"net/url"
	"strings"
	"time"

	"iplos/internal/fault"
	"iplos/internal/httpx"
)

// logoutTime bounds the log-out, which changes nothing.
const logoutTime = 10 * time.Second

// sendemodul is the web site of the trusted pseudonym manager, reached from
// Helsenett. Its address is known from SSB's guide, its pages are not: the
// channel reads the forms it meets, as a browser's user would.
func sendemodul() Channel {
	return Channel{
		Name:    "sendemodul",
		Address: "https://iplos.nhn.no/Sendemodul/",
		send: func(ctx context.Context, j *job) error {
			b, err := newBrowser(j)
			if err != nil {
				return err
			}
			s := &visit{job: j, browser: b}
			return s.run(ctx)
		},
	}
}

// visit is one visit to the site.
type visit struct {
	*job
	browser *browser
	// home is the page with the upload form.
	home *page
}

func (v *visit) run(ctx context.Context) error {
	p, err := v.enter(ctx)
	if err != nil {
		return err
	}
	defer v.leave(ctx)
	if err := v.findUpload(ctx, p); err != nil {
		return err
	}
	v.known = map[string]bool{}
	for _, s := range v.home.segments {
		v.known[s] = true
	}
	if err := v.askForDoubts(ctx, p); err != nil {
		return err
	}
	return v.deliver(ctx)
}

// enter fetches the start page and logs in. A login is tried once.
func (v *visit) enter(ctx context.Context) (*page, error) {
	p, err := v.browser.get(ctx, v.start)
	if err != nil {
		return nil, v.beforeUpload(err)
	}
	p, err = v.seek(ctx, p, loginWords(), func(p *page) bool { f, _ := p.loginForm(v.opts.Mapping.Fields); return f != nil })
	if err != nil {
		return nil, err
	}
	f, as := p.loginForm(v.opts.Mapping.Fields)
	if f == nil && v.closed(p) {
		return nil, fault.New(fault.Refused, "submit.closed", "text", v.tell(p), "host", v.start.Host)
	}
	if f == nil {
		return nil, fault.New(fault.Refused, "submit.form.login", "fields", v.redact(p.describe()), "text", v.tell(p))
	}
	if f.fileField() != nil {
		return p, nil // one form for login and file: the upload fills it in
	}
	button := f.button(loginWords())
	if !f.posts(button) {
		// The PIN would stand in an address.
		return nil, fault.New(fault.Refused, "submit.form.get", "fields", v.redact(p.describe()))
	}
	target, err := f.target(p, button)
	if err != nil {
		return nil, fault.Wrap(err, fault.Refused, "submit.form.login", "fields", v.redact(p.describe()), "text", v.tell(p))
	}
	next, err := v.browser.post(ctx, target, p, f.fields(v.credentials(as), button, nil))
	if err != nil {
		return nil, v.loginError(err)
	}
	if f, _ := next.loginForm(v.opts.Mapping.Fields); f != nil && f.fileField() == nil {
		return nil, fault.New(fault.Refused, "submit.login", "text", v.tell(next))
	}
	return next, nil
}

// loginError tells a login that was refused by its status from a server that
// is busy or gone.
func (v *visit) loginError(err error) error {
	s, ok := asStatus(err)
	if ok && (s.status == 401 || s.status == 403) {
		return fault.New(fault.Refused, "submit.login", "text", v.tell(s))
	}
	return v.beforeUpload(err)
}

func (v *visit) credentials(as assignment) map[*control]string {
	filled := map[*control]string{}
	values := map[Role]string{
		RoleMunicipality: v.opts.Login.Municipality,
		RoleDistrict:     v.opts.Login.District,
		RoleOrgNumber:    v.opts.Login.OrgNumber,
		RolePIN:          string(v.opts.Login.PIN.Reveal()),
	}
	for role, c := range as {
		filled[c] = c.pick(values[role])
	}
	return filled
}

// pick is the value to send for what is wanted: of a list the option that is
// or says it.
func (c *control) pick(want string) string {
	if c.typ != "select" {
		return want
	}
	for _, o := range c.options {
		if o.value == want || o.text == want {
			return o.value
		}
	}
	for _, o := range c.options {
		if strings.HasPrefix(o.text, want+" ") || strings.HasSuffix(o.text, " "+want) || strings.Contains(o.text, "("+want+")") {
			return o.value
		}
	}
	return want
}

// seek returns the page itself when it is what is wanted, else the first of
// those one link further that is, else the page.
func (v *visit) seek(ctx context.Context, p *page, words []string, wanted func(*page) bool) (*page, error) {
	if wanted(p) {
		return p, nil
	}
	const tries = 4
	for i, l := range v.sameHost(p.linksFor(words)) {
		if i == tries {
			break
		}
		next, err := v.browser.get(ctx, l.url)
		if err != nil {
			if _, ok := asStatus(err); ok {
				continue // a dead link is no reason to give up
			}
			return nil, v.beforeUpload(err)
		}
		if wanted(next) {
			return next, nil
		}
	}
	return p, nil
}

func (v *visit) sameHost(links []link) []link {
	var out []link
	for _, l := range links {
		if httpx.CheckSameHost(v.start, l.url) == nil {
			out = append(out, l)
		}
	}
	return out
}

// findUpload finds the page with the file field.
func (v *visit) findUpload(ctx context.Context, p *page) error {
	found, err := v.seek(ctx, p, uploadWords(), func(p *page) bool { f, _ := p.uploadForm(v.opts.Mapping.Fields); return f != nil })
	if err != nil {
		return err
	}
	f, file := found.uploadForm(v.opts.Mapping.Fields)
	if f == nil && v.closed(p) {
		return fault.New(fault.Refused, "submit.closed", "text", v.tell(p), "host", v.start.Host)
	}
	if f == nil {
		return fault.New(fault.Refused, "submit.form.upload", "fields", v.redact(p.describe()), "text", v.tell(p))
	}
	if lacking := v.lacking(f, file); lacking != "" {
		return fault.New(fault.Refused, "submit.form.required", "name", lacking, "fields", v.redact(found.describe()))
	}
	v.home = found
	return nil
}

// lacking names a field the form requires and this program has no answer to.
func (v *visit) lacking(f *form, file *control) string {
	as, _ := f.assign(v.opts.Mapping.Fields)
	known := map[*control]bool{file: true}
	for _, c := range as {
		known[c] = true
	}
	for _, c := range f.controls {
		empty := c.value == "" || (c.typ == "checkbox" || c.typ == "radio") && !c.checked
		if c.typ == "select" {
			chosen := c.chosen()
			empty = len(chosen) == 0 || chosen[0] == ""
		}
		if c.required && empty && !known[c] && !v.groupChecked(f, c) {
			return c.name
		}
	}
	return ""
}

// groupChecked tells that a radio button of the same name is chosen.
func (v *visit) groupChecked(f *form, c *control) bool {
	for _, o := range f.controls {
		if c.typ == "radio" && o.typ == "radio" && o.name == c.name && o.checked {
			return true
		}
	}
	return false
}

func (v *visit) ended(r FileResult) error {
	if v.opts.Events == nil {
		return nil
	}
	return v.opts.Events.Ended(r, v.out.Server)
}

// leave logs out where the page offers it. What comes of it changes nothing,
// and it is tried also when the run was interrupted.
func (v *visit) leave(ctx context.Context) {
	if v.home == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), logoutTime)
	defer cancel()
	for _, f := range v.home.forms {
		for _, b := range f.buttons {
			if rank(strings.Join(b.hints, " ")+" "+b.name, logoutWords()) == 0 || !f.posts(b) {
				continue
			}
			if target, err := f.target(v.home, b); err == nil {
				_, _ = v.browser.post(ctx, target, v.home, f.fields(nil, b, nil)) // best effort
			}
			return
		}
	}
	for _, l := range v.sameHost(v.home.linksFor(logoutWords())) {
		_, _ = v.browser.get(ctx, l.url) // best effort
		return
	}
}

// again returns the page to send the next file from: the answer to the last
// one when it has the form, else the page it was found on.
func (v *visit) again(ctx context.Context, answer *page) error {
	if answer != nil {
		if f, _ := answer.uploadForm(v.opts.Mapping.Fields); f != nil {
			v.home = answer
			return nil
		}
	}
	u := *v.home.url
	p, err := v.browser.get(ctx, &u)
	if err != nil {
		return v.beforeUpload(err)
	}
	if f, _ := p.loginForm(v.opts.Mapping.Fields); f != nil && f.fileField() == nil {
		return fault.New(fault.Refused, "submit.session", "text", v.tell(p))
	}
	return v.findUpload(ctx, p)
}

func (v *visit) uploadTarget(f *form, button *control) (*url.URL, error) {
	target, err := f.target(v.home, button)
	if err != nil {
		return nil, err
	}
	return target, httpx.CheckSameHost(v.start, target)
}
