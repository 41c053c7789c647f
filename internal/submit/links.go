package submit

import (
	"path"
	"slices"
	"strings"
)

// words in links and buttons.
func loginWords() []string {
	return []string{"logg inn", "logg på", "logginn", "loggpå", "innlogging", "pålogging", "login", "log in", "sign in", "neste", "next", "fortsett", "ok"}
}

func uploadWords() []string {
	return []string{"last opp", "send", "lever", "overfør", "innsending", "opplasting", "upload", "submit", "transfer", "ny fil"}
}

func listWords() []string {
	return []string{"mottatte", "mottekne", "innsendte", "innsende", "sendte filer", "tidligere", "historikk", "oversikt", "kvittering", "received", "history", "overview"}
}

func logoutWords() []string {
	return []string{"logg ut", "loggut", "logg av", "loggav", "utlogging", "avlogging", "logout", "log out", "sign out", "logoff", "log off", "avslutt"}
}

func dangerWords() []string {
	return []string{"slett", "fjern", "delete", "remove", "avbryt", "cancel", "nullstill", "reset", "tilbake", "back", "endre pin", "søk", "search", "hjelp", "help"}
}

// rank is how well a text answers the words: the earlier word the better; 0
// is not at all.
func rank(text string, words []string) int {
	text = strings.ToLower(text)
	for i, w := range words {
		if len(w) <= 2 && strings.TrimSpace(text) != w {
			continue
		}
		if strings.Contains(text, w) {
			return len(words) - i
		}
	}
	return 0
}

// button chooses the button to press: the one that says it, else the first
// that says nothing else.
func (f *form) button(words []string) *control {
	var found *control
	top := -1
	for _, b := range f.buttons {
		text := strings.Join(append(slices.Clone(b.hints), b.name), " ")
		if rank(text, dangerWords()) > 0 || rank(text, logoutWords()) > 0 {
			continue
		}
		r := 2 * rank(text, words)
		if b.postback == "" {
			r++ // an ordinary button rather than one of a script
		} else if r == 0 {
			continue
		}
		if r > top {
			found, top = b, r
		}
	}
	return found
}

// linksFor returns the links that say one of the words, the best first.
func (p *page) linksFor(words []string) []link {
	var found []link
	seen := map[string]bool{}
	for _, l := range p.links {
		text := l.words()
		if rank(text, words) == 0 || rank(text, dangerWords()) > 0 || seen[l.url.String()] {
			continue
		}
		if rank(text, logoutWords()) > 0 && rank(words[0], logoutWords()) == 0 {
			continue
		}
		seen[l.url.String()] = true
		found = append(found, l)
	}
	slices.SortStableFunc(found, func(a, b link) int { return rank(b.words(), words) - rank(a.words(), words) })
	return found
}

// words are the link's text and the last part of its path, without the
// site's own name, which holds the word "send".
func (l link) words() string {
	return strings.ReplaceAll(strings.ToLower(l.text+" "+path.Base(l.url.Path)), "sendemodul", "")
}
