package register

// District is a district (bydel) of one of the four cities that have them.
// The names are common knowledge; the 2017 guide asks for 00 unless a
// district is agreed with Statistics Norway.
type District struct {
	// Municipality is the four digits, Number the district's two.
	Municipality, Number, Name string

	valid span
}

// Districts returns the districts a municipality had in a data year; most
// municipalities have none.
func Districts(municipality string, year int) []District {
	var found []District
	for _, d := range tables().districts[municipality] {
		if d.valid.covers(MakeDay(year, 7, 1)) {
			found = append(found, d)
		}
	}
	return found
}
