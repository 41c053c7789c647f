package ident

// ValidOrgnr tells whether the text is an organisation number: nine digits,
// the first 8 or 9, the last a right control digit.
func ValidOrgnr(text []byte) bool {
	if len(text) != 9 || text[0] < '8' || text[0] > '9' {
		return false
	}
	var d [9]uint32
	for i := range d {
		c := uint32(text[i]) - '0'
		if c > 9 {
			return false
		}
		d[i] = c
	}
	sum := 3*d[0] + 2*d[1] + 7*d[2] + 6*d[3] + 5*d[4] + 4*d[5] + 3*d[6] + 2*d[7] + d[8]
	return sum%11 == 0
}
