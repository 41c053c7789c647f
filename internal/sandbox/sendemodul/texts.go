package sendemodul

import "iplos/internal/ui/lang"

// texts are the fixed texts of the pages, by their name in the tree.
func texts(p *lang.Printer) map[string]string {
	return map[string]string{
		"site":       p.T("sandbox.web.site"),
		"sub":        p.T("sandbox.web.sub"),
		"skip":       p.T("sandbox.web.skip"),
		"practice":   p.T("sandbox.web.practice"),
		"loggedIn":   p.T("sandbox.web.loggedin"),
		"logout":     p.T("sandbox.web.logout"),
		"reference":  p.T("sandbox.web.reference"),
		"receivedAt": p.T("sandbox.web.receivedat"),
		"file":       p.T("sandbox.web.file"),
		"bytes":      p.T("sandbox.web.bytes"),
		"noFiles":    p.T("sandbox.web.nofiles"),
		"footer":     p.T("sandbox.web.footer"),
	}
}

// labels are those of the four login fields.
func labels(p *lang.Printer) [4]string {
	return [4]string{
		p.T("sandbox.web.label.municipality"),
		p.T("sandbox.web.label.district"),
		p.T("sandbox.web.label.orgnumber"),
		p.T("sandbox.web.label.pin"),
	}
}
