package netcheck

import (
	"context"
	"net/url"

	"iplos/internal/fault"
)

// ownProxy returns the proxy the program itself uses for the target, nil for
// none.
func ownProxy(opts Options, target *url.URL) (*url.URL, error) {
	switch opts.Proxy {
	case "":
		return nil, nil //nolint:nilnil // no proxy is the usual case
	case "environment":
		p, err := opts.Environment(target)
		if err != nil {
			return nil, fault.New(fault.Usage, "netcheck.proxy.invalid")
		}
		return p, nil
	}
	u, err := url.Parse(opts.Proxy)
	if err != nil || u.Host == "" {
		return nil, fault.New(fault.Usage, "netcheck.proxy.invalid")
	}
	return u, nil
}

// probeProxy tells which proxies the machine knows of, and whether the
// program should use one: the Sendemodul is inside Helsenett and is reached
// directly; Filsluse is on the internet, where a proxy may be the only way.
func probeProxy(_ context.Context, s *session) outcome {
	var o outcome
	seen, err := s.opts.Environment(s.url)
	if err != nil {
		o.warn("netcheck.proxy.unreadable")
	}
	system := systemProxy()
	switch {
	case s.proxy != nil:
		o.say("netcheck.proxy.used", "proxy", s.proxy.Host)
	case seen != nil:
		o.say("netcheck.proxy.environment", "proxy", seen.Host)
	case system != "":
		o.say("netcheck.proxy.system", "proxy", system)
	default:
		o.say("netcheck.proxy.none")
		return o
	}
	switch {
	case s.opts.Target.Zone == Secure && s.proxy != nil:
		o.warn("netcheck.proxy.unneeded")
		o.advise("netcheck.proxy.unneeded.advice")
	case s.opts.Target.Zone == Secure:
		o.advise("netcheck.proxy.direct.advice", "host", s.host)
	case s.proxy == nil:
		o.advise("netcheck.proxy.maybe.advice")
	}
	return o
}
