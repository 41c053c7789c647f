package submit

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"iplos/internal/fault"
	"iplos/internal/httpx"
)

// judge says what an upload's answer means for its files. Before the first
// byte of the body nothing can have arrived. From then on, what is neither a
// recognised success nor a recognised refusal is unknown.
func (v *visit) judge(ans answer, batch []*FileResult) error {
	if ans.page != nil {
		for _, r := range batch {
			r.Status, r.Confirmation, r.Said = ans.page.status, v.text(ans.page), v.said(ans.page)
		}
	}
	switch {
	case !ans.begun:
		return v.judgeUnsent(ans, batch)
	case ans.err != nil:
		return v.unknown(batch, reasonOf(ans.err), ans.err)
	default:
		return v.judgePage(ans.page, batch)
	}
}

func (v *visit) judgeUnsent(ans answer, batch []*FileResult) error {
	p, err := ans.page, ans.err
	if err == nil && p.status >= 400 {
		err = &statusError{p}
	}
	if err == nil {
		set(batch, Refused, "session")
		if f, _ := p.loginForm(v.opts.Mapping.Fields); f != nil {
			return fault.New(fault.Refused, "submit.session", "text", v.tell(p))
		}
		set(batch, Refused, "words")
		return fault.New(fault.Refused, "submit.refused", "text", v.tell(p))
	}
	flt := v.beforeUpload(err)
	state := NotSent
	if fault.KindOf(flt) == fault.Refused {
		state = Refused
	}
	set(batch, state, reasonOf(err))
	return flt
}

func reasonOf(err error) string {
	if _, ok := errors.AsType[*statusError](err); ok {
		return "status"
	}
	if _, ok := errors.AsType[*httpx.RedirectError](err); ok {
		return "redirect"
	}
	return string(httpx.ClassOf(err))
}

func set(batch []*FileResult, s State, reason string) {
	for _, r := range batch {
		r.State, r.Reason = s, reason
	}
}

func (v *visit) unknown(batch []*FileResult, reason string, cause error) error {
	set(batch, Unknown, reason)
	return fault.Wrap(cause, fault.Unknown, "submit.unknown", "host", v.start.Host, "reason", Reason(reason))
}

// judgePage reads the page that came after the whole body was sent.
func (v *visit) judgePage(p *page, batch []*FileResult) error {
	var refused, doubtful int
	words := v.words(p, batch)
	for _, r := range batch {
		r.State, r.Reason = v.verdict(p, words, r.Name)
		r.Reference = v.redact(v.referenceIn(p, r.Name))
		switch r.State {
		case Uploaded:
		case Refused:
			refused++
		default:
			doubtful++
		}
	}
	text := v.tell(p)
	switch {
	case doubtful > 0:
		return fault.New(fault.Unknown, "submit.unclear", "text", text, "host", v.start.Host, "status", p.status)
	case refused > 0 && batch[0].Reason == "session":
		return fault.New(fault.Refused, "submit.session", "text", text)
	case refused > 0:
		return fault.New(fault.Refused, "submit.refused", "text", text)
	default:
		return nil
	}
}

// said is what a page's new sentences say: of single files, and in general.
type said struct {
	success, failure            bool
	perSuccess, perFail, listed map[string]bool
	// login tells that the page asks to log in.
	login bool
}

func (v *visit) words(p *page, batch []*FileResult) said {
	s := said{perSuccess: map[string]bool{}, perFail: map[string]bool{}, listed: map[string]bool{}}
	lex := v.lexicon()
	for _, segment := range p.said {
		if v.known[segment] {
			continue
		}
		named := ""
		for _, r := range batch {
			if strings.Contains(segment, r.Name) {
				named = r.Name
				s.listed[named] = true
			}
		}
		for _, sentence := range lex.sentences(segment, batch) {
			good, bad := lex.read(sentence)
			switch {
			case named != "":
				s.perSuccess[named] = s.perSuccess[named] || good
				s.perFail[named] = s.perFail[named] || bad
			case !lex.file.MatchString(sentence):
				s.success = s.success || good
				s.failure = s.failure || bad
			}
		}
		if named == "" && !lex.file.MatchString(segment) && reference(segment, "") != "" {
			s.success = true
		}
	}
	f, _ := p.loginForm(v.opts.Mapping.Fields)
	s.login = f != nil && f.fileField() == nil
	return s
}

// verdict weighs the words for one file. Words of the file itself count more
// than general ones; words that speak both ways leave it unknown.
func (v *visit) verdict(p *page, s said, name string) (State, string) {
	listed := s.perSuccess[name] || s.listed[name] && v.ownName(name)
	good := (listed || s.success) && !s.perFail[name]
	bad := s.perFail[name] || s.failure
	if s.perSuccess[name] && !s.perFail[name] {
		bad = false
	}
	text := strings.Join(p.segments, "\n")
	if v.success != nil {
		good = v.success.MatchString(text)
	}
	if v.failure != nil {
		bad = v.failure.MatchString(text)
	}
	switch {
	case p.status >= 500:
		if v.failure != nil && bad && !good {
			return Refused, "words"
		}
		return Unknown, "status"
	case p.status >= 400:
		if good && !bad || !refusing(p.status) && !bad {
			return Unknown, "status"
		}
		return Refused, "status"
	case good && !bad:
		return Uploaded, "words"
	case bad && !good:
		return Refused, "words"
	case s.login && !good:
		return Refused, "session"
	default:
		return Unknown, "unrecognised"
	}
}

// refusing tells that a status says the request was not carried out (RFC
// 9110, 15.5). 408, 409, 410 and 425 leave room for another reading.
func refusing(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusGone, http.StatusTooEarly:
		return false
	default:
		return status < 452
	}
}

// lexicon is how pages speak, in bokmål, nynorsk and English.
type lexicon struct {
	good, negated, bad, open, maybe, file, stop, closed, condition *regexp.Regexp
}

const goodWords = `mottatt|motteken|mottek[ei]|lastet opp|lasta opp|opplastet|opplasta|overført|sendt inn|send inn|innsendt|levert|fullført|fullførd|vellykket|vellukka|registrert|lagret|lagra|godkjent|godkjend|` +
	`(?:er|ble|blitt|vart|har) sendt?|takk for (?:innsend|sending|lever|fil|data|rapport)\pL*|received|uploaded|transferred|submitted|delivered|success|successful|successfully|completed|stored|saved|accepted|(?:was|been|is) sent|thank you for (?:your |the )?(?:submi|deliver|file|data|upload|sending)\pL*`

func newLexicon() *lexicon {
	return &lexicon{
		good:    regexp.MustCompile(`(?i)(?:^|[^\pL])(?:` + goodWords + `)(?:[^\pL]|$)`),
		negated: regexp.MustCompile(`(?i)(?:^|[^\pL])(?:ikke|ikkje|ingen|inga|aldri|not|never|no|nothing|without|uten|utan)\s+(?:[\pL]+\s+){0,3}(?:` + goodWords + `)(?:[^\pL]|$)|n't\s+(?:[\pL]+\s+){0,3}(?:` + goodWords + `)`),
		bad: regexp.MustCompile(`(?i)(?:^|[^\pL])(?:feil (?:ved|under|i|på|fil)|(?:en|ein|noe|noko) (?:\pL+ )?(?:gikk|gjekk) (?:galt|gale)|oppst[oå]\pL* .{0,30}feil|(?:en|ein) feil|feilmelding|feil:|feilet|feila|mislyk\pL*|mislukk\pL*|avvist|avviste|avslått|` +
			`ugyldige?|kunne ikk?j?e|kan ikk?j?e|ikke mulig|ikkje mogleg|ikk?j?e (?:tillate?t?|tilgang|gyldig|logget|logga|godkjen[td])|ingen tilgang|inga tilgang|nekta|nektet|for stor|overskrid\pL*|utløpt|utgått|gått ut|gjekk ut|stengt|stengd|lukket|lukka|` +
			`error|failed|failure|rejected|refused|denied|forbidden|invalid|not (?:allowed|permitted|valid|authorized)|too (?:large|big|many)|exceed\pL*|expired|timed out|unauthori[sz]ed|could not|cannot|unable|closed)(?:[^\pL]|$)`),
		open:      regexp.MustCompile(`(?i)(?:^|[^\pL])(?:hvis|dersom|når|før|inntil|if|when|before|until|unless|once)(?:[^\pL]|$)`),
		maybe:     regexp.MustCompile(`(?i)(?:^|[^\pL])(?:hvis|dersom|når|før|inntil|om du|vil bli|vil verte|blir|vert|skal|bør|må|if|when|before|until|unless|once|will|must|should|shall|may|might)(?:[^\pL]|$)`),
		file:      regexp.MustCompile(`(?i)[\pL0-9_-]+\.(?:tar|p7m|zip|xml|gz|enc|dat|txt|ipis)(?:[^\pL0-9]|$)|SHA256SUMS`),
		closed:    regexp.MustCompile(`(?i)(?:^|[^\pL])(?:stengt|stengd|lukket|lukka|avsluttet|avslutta|ikk?j?e (?:\pL+ )?(?:åpen|åpne|åpnet|open|opne|opna)|åpner|opnar|closed|not (?:yet )?(?:open|available)|opens|has ended)(?:[^\pL]|$)`),
		condition: regexp.MustCompile(`(?i)(?:^|[^\pL])(?:hvis|dersom|når|if|when|once)(?:[^\pL]|$)`),
		stop:      regexp.MustCompile(`[.!?]\s+|\n`),
	}
}

// sentences splits a segment, with the names of the batch's own files taken
// out so that what is in a name is not read as a word.
func (l *lexicon) sentences(segment string, batch []*FileResult) []string {
	for _, r := range batch {
		segment = strings.ReplaceAll(segment, r.Name, " ")
	}
	return l.stop.Split(segment, -1)
}

// read says whether a sentence reports success or failure. What may or will
// happen, and questions of what to do if it did, report nothing.
func (l *lexicon) read(s string) (good, bad bool) {
	if l.negated.MatchString(s) {
		return false, !l.open.MatchString(s)
	}
	good = l.good.MatchString(s) && !l.maybe.MatchString(s)
	bad = l.bad.MatchString(s) && !l.open.MatchString(s)
	return good, bad
}

// listing returns the text in which a page lists a file as received; "" when
// it does not.
func (p *page) listing(name string, lex *lexicon) string {
	for _, s := range p.said {
		if !strings.Contains(s, name) {
			continue
		}
		for _, sentence := range lex.sentences(s, []*FileResult{{File: File{Name: name}}}) {
			if _, bad := lex.read(sentence); bad {
				return ""
			}
		}
		return s
	}
	return ""
}

// reference finds what a text calls a reference. It holds a digit and is no
// file name.
func reference(text, name string) string {
	r := regexp.MustCompile(`(?i)(?:referanse(?:nummer|nr)?|kvitterings(?:nummer|nr|-?id)|kvittering|innsendings-?(?:id|nummer|nr)|sendings-?(?:id|nummer|nr)|saks(?:nummer|nr)|journal(?:nummer|nr)|reference(?: number| no| id)?|(?:^|\s)ref(?:\.?\s*nr|[.:\s])|receipt(?: number| no| id)?|confirmation(?: number| no| id)?)\.?\s*(?:er|is)?\s*[:#]?\s*([\pL0-9][\pL0-9/_-]{2,60})`)
	if name != "" {
		text = strings.ReplaceAll(text, name, " ")
	}
	for _, m := range r.FindAllStringSubmatch(text, -1) {
		if strings.ContainsAny(m[1], "0123456789") {
			return m[1]
		}
	}
	return ""
}

// referenceIn looks where the file is named first, then anywhere new.
func (v *visit) referenceIn(p *page, name string) string {
	for _, named := range []bool{true, false} {
		for _, s := range p.said {
			if v.known[s] || strings.Contains(s, name) != named {
				continue
			}
			if ref := reference(s, name); ref != "" {
				return ref
			}
		}
	}
	return ""
}

func hostOf(u *url.URL) string {
	if u == nil {
		return ""
	}
	return u.Host
}
