package submit

import (
	"slices"
	"strings"
	"unicode"
)

// Role is what a form field is for.
type Role string

// The roles of fields; also the keys of Mapping.Fields.
const (
	RoleMunicipality Role = "municipality"
	RoleDistrict     Role = "district"
	RoleOrgNumber    Role = "organisation_number"
	RolePIN          Role = "pin"
	RoleFile         Role = "file"
)

// Roles returns every role.
func Roles() []Role {
	return []Role{RoleMunicipality, RoleDistrict, RoleOrgNumber, RolePIN, RoleFile}
}

func loginRoles() []Role { return Roles()[:4] }

// clue is a word that speaks for a role. A whole clue must be a word of its
// own, the others may stand within one.
type clue struct {
	role  Role
	word  string
	score int
	whole bool
}

// clues are the words in bokmål, nynorsk and English, folded as fold does.
// "kommune" alone says little: "kommunens organisasjonsnummer" is no
// municipality number.
func clues() []clue {
	var all []clue
	add := func(role Role, score int, whole bool, words ...string) {
		for _, w := range words {
			all = append(all, clue{role, w, score, whole})
		}
	}
	add(RoleMunicipality, 10, false, "kommunenummer", "kommunenr", "kommunenum", "kommuneno", "kommunekode", "kommuneid", "kommnr", "komnr", "kommnummer", "komnummer",
		"municipalitynumber", "municipalityno", "municipalitynr", "municipalitycode", "municipalityid", "muninumber", "munino", "municode")
	add(RoleMunicipality, 8, true, "knr", "kommunenr", "komm", "kom", "munic", "muni")
	add(RoleMunicipality, 4, false, "kommune", "municipality")
	add(RoleDistrict, 12, false, "bydel", "bydelsnummer", "bydelsnr", "bydelnr", "district", "distrikt", "borough")
	add(RoleDistrict, 8, true, "bnr", "byd", "bdnr")
	add(RoleOrgNumber, 14, false, "organisasjonsnummer", "organisasjonsnr", "organisasjonnr", "organisasjonnummer", "orgnummer", "orgnr", "orgno", "orgnum", "orgid",
		"organisationnumber", "organizationnumber", "organisationno", "organizationno", "organisationid", "organizationid", "foretaksnummer", "foretaksnr", "enhetsnummer")
	add(RoleOrgNumber, 8, false, "organisasjon", "organisation", "organization")
	add(RoleOrgNumber, 8, true, "org", "onr")
	add(RolePIN, 16, false, "pinkode", "pinkoden", "pincode", "pinnummer", "pinnumber", "pinnr", "kostrapin")
	add(RolePIN, 16, true, "pin", "pinen")
	add(RolePIN, 6, false, "passord", "password", "passkode", "passcode", "tilgangskode", "adgangskode", "accesscode", "sikkerhetskode")
	add(RolePIN, 4, true, "kode", "code", "pwd", "pass")
	return all
}

// fold makes texts comparable: lower case, å as a, æ as ae, ø as o, and
// returns the words and all of them joined.
func fold(s string) (words []string, joined string) {
	var b strings.Builder
	var before rune
	end := func() {
		if b.Len() > 0 {
			words = append(words, b.String())
			b.Reset()
		}
	}
	for _, r := range s {
		if unicode.IsUpper(r) && unicode.IsLower(before) {
			end() // camelCase
		}
		before = r
		switch l := unicode.ToLower(r); {
		case l == 'å' || l == 'à' || l == 'á':
			b.WriteByte('a')
		case l == 'æ' || l == 'ä':
			b.WriteString("ae")
		case l == 'ø' || l == 'ö':
			b.WriteByte('o')
		case unicode.IsLetter(l):
			b.WriteRune(l)
		default:
			end() // digits too: "pin1", "felt2"
		}
	}
	end()
	return words, strings.Join(words, "")
}

// affixes are what programmers put around a field's name.
func affixes() []string {
	return []string{"txt", "tb", "textbox", "input", "inp", "field", "felt", "fld", "str", "edit"}
}

// score says how much speaks for the role, over all the control's texts: a
// name and a label that agree are worth more than one alone.
func (c *control) score(role Role, clues []clue) int {
	total := best(c.name, role, clues)
	if c.id != c.name {
		total += best(c.id, role, clues)
	}
	for _, h := range c.hints {
		total += best(h, role, clues)
	}
	if total == 0 && len(c.hints) == 0 {
		total = best(c.near, role, clues) / 2
	}
	if role == RolePIN && c.typ == "password" {
		total += 5
	}
	return total
}

func best(text string, role Role, clues []clue) int {
	words, joined := fold(text)
	for i, w := range words {
		for _, a := range affixes() {
			if rest, ok := strings.CutPrefix(w, a); ok && rest != "" {
				words[i] = rest
				break
			}
		}
	}
	top := 0
	for _, c := range clues {
		if c.role != role || c.score <= top {
			continue
		}
		if !c.whole && strings.Contains(joined, c.word) || c.whole && slices.Contains(words, c.word) {
			top = c.score
		}
	}
	return top
}

func (c *control) fillable() bool {
	switch c.typ {
	case "text", "password", "number", "tel", "search", "select", "textarea", "email", "url":
		return c.name != ""
	default:
		return false
	}
}

// assignment is which control plays which role.
type assignment map[Role]*control

// assign gives each role the control that speaks most for it; a control
// plays one role. Configured names come first and are not guessed around.
func (f *form) assign(mapping map[string]string) (assignment, int) {
	as, sum := assignment{}, 0
	taken := map[*control]bool{}
	for _, role := range loginRoles() {
		if name := mapping[string(role)]; name != "" {
			if c := f.named(name); c != nil {
				as[role], taken[c] = c, true
				sum += 20
			}
		}
	}
	all := clues()
	for {
		role, c, score := f.strongest(as, taken, mapping, all)
		if c == nil {
			return as, sum
		}
		as[role], taken[c] = c, true
		sum += score
	}
}

func (f *form) strongest(as assignment, taken map[*control]bool, mapping map[string]string, all []clue) (Role, *control, int) {
	var role Role
	var found *control
	top := 0
	for _, r := range loginRoles() {
		if as[r] != nil || mapping[string(r)] != "" {
			continue
		}
		for _, c := range f.controls {
			if taken[c] || !c.fillable() {
				continue
			}
			if s := c.score(r, all); s > top {
				role, found, top = r, c, s
			}
		}
	}
	return role, found, top
}

func (f *form) named(name string) *control {
	for _, c := range f.controls {
		if strings.EqualFold(c.name, name) || strings.EqualFold(c.id, name) {
			return c
		}
	}
	return nil
}

// loginForm returns the form that holds all four fields, nil when none does.
func (p *page) loginForm(mapping map[string]string) (*form, assignment) {
	var found *form
	var as assignment
	top := 0
	for _, f := range p.forms {
		a, sum := f.assign(mapping)
		if len(a) == len(loginRoles()) && sum > top {
			found, as, top = f, a, sum
		}
	}
	return found, as
}

// uploadForm returns the form with a file field, and the field.
func (p *page) uploadForm(mapping map[string]string) (*form, *control) {
	name := mapping[string(RoleFile)]
	for _, f := range p.forms {
		if name != "" {
			if c := f.named(name); c != nil && c.typ == "file" {
				return f, c
			}
			continue
		}
		if c := f.fileField(); c != nil && c.name != "" {
			return f, c
		}
	}
	return nil, nil
}

// describe lists the forms' fields for a person who writes the mapping: names
// and labels, never values.
func (p *page) describe() string {
	var b strings.Builder
	for i, f := range p.forms {
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString("<form" + quoted("id", f.id) + quoted("action", withoutQuery(f.action)) + ">")
		for _, c := range f.controls {
			b.WriteString("\n  " + c.typ + quoted("name", c.name) + quoted("id", c.id))
			if len(c.hints) > 0 {
				b.WriteString(quoted("text", c.hints[0]))
			}
		}
	}
	return clean2(bound(b.String(), maxText))
}

func quoted(name, value string) string {
	if value == "" {
		return ""
	}
	return " " + name + "=\"" + clean(bound(value, 120)) + "\""
}

func withoutQuery(s string) string {
	s, _, _ = strings.Cut(s, "?")
	s, _, _ = strings.Cut(s, ";")
	return s
}

// clean2 is clean that keeps line ends.
func clean2(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = clean(lines[i])
	}
	return strings.Join(lines, "\n")
}
