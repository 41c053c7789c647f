package record

import "slices"

// numProfiles is the number of rows in profileTable.
const numProfiles = 2

// Profile is one published version of the message: which fields it has and
// how often. A new version is a row here and a column in the message table.
type Profile struct {
	// ID names the profile in flags and reports ("2017").
	ID string
	// Versjon is the fixed value of IPLOS/@versjon.
	Versjon string
	// Namespace is the XML namespace, empty for none.
	Namespace string
	// FirstYear and LastYear are the data years the profile is for.
	FirstYear, LastYear int

	column int
	groups [NumClasses]Occurs
}

// Occurs bounds how often a class stands in its parent. Max -1 is no bound.
type Occurs struct{ Min, Max int }

// Profiles returns the known profiles, oldest first.
//
// 2017 is rebuilt from the change log of the published 2018 schema: its
// versjon and its missing namespace are inferred.
func Profiles() []Profile {
	both := func(min int) [NumClasses]Occurs {
		return [NumClasses]Occurs{
			Innhinfo: {1, 1}, PersonRow: {1, -1},
			Personoppl: {min, -1}, Funksjon: {min, -1}, Tjeneste: {min, -1},
			Diagnose: {0, -1}, Dogntilbud: {0, -1},
		}
	}
	p17 := Profile{ID: "2017", Versjon: "3.3", FirstYear: 2015, LastYear: 2017, column: 0, groups: both(1)}
	p18 := Profile{
		ID: "2018", Versjon: "3.5", Namespace: "http://www.npr.no/xmlstds/iplos/2018",
		FirstYear: 2018, LastYear: 2018, column: 1, groups: both(0),
	}
	p18.groups[Kontakt] = Occurs{2, 3}
	return []Profile{p17, p18}
}

// ProfileByID returns the profile with that ID.
func ProfileByID(id string) (Profile, bool) {
	return find(func(p Profile) bool { return p.ID == id })
}

// ProfileForYear returns the profile that data of that year are reported in.
func ProfileForYear(year int) (Profile, bool) {
	return find(func(p Profile) bool { return p.FirstYear <= year && year <= p.LastYear })
}

// ProfileOf returns the profile of a message whose root has that versjon and
// namespace.
func ProfileOf(versjon, namespace string) (Profile, bool) {
	return find(func(p Profile) bool { return p.Versjon == versjon && p.Namespace == namespace })
}

func find(match func(Profile) bool) (Profile, bool) {
	ps := Profiles()
	if i := slices.IndexFunc(ps, match); i >= 0 {
		return ps[i], true
	}
	return Profile{}, false
}

// Cardinality returns how often the field stands in its row in this profile.
func (p Profile) Cardinality(f Field) Cardinality { return fields[f].cards[p.column] }

// Occurs returns how often the class stands in its parent in this profile; a
// class the profile does not have has Max 0.
func (p Profile) Occurs(c Class) Occurs { return p.groups[c] }
