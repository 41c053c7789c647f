package synth

// identities hands out identity numbers, each once: a counter for every
// birth day and sex.
type identities struct {
	cal  *calendar
	next []uint8
}

func newIdentities(cal *calendar) *identities {
	return &identities{cal: cal, next: make([]uint8, 2*cal.days())}
}

// take writes the next free number of a birth day and sex to dst. It returns
// false when the day has no more.
func (ids *identities) take(dst *[11]byte, born day, female bool) bool {
	slot := 2 * int(born)
	if female {
		slot++
	}
	for n := int(ids.next[slot]); n < 250; n++ {
		if formIdentity(dst, ids.cal.date(born), n, female) {
			ids.next[slot] = uint8(n + 1)
			return true
		}
	}
	return false
}

// formIdentity makes the synthetic number of a birth date: day, month + 80,
// year, an individual number, two control digits. It returns false where the
// control digits would be 10, which no number has.
func formIdentity(dst *[11]byte, date []byte, n int, female bool) bool {
	copy(dst[0:2], date[6:8])
	copy(dst[2:4], date[4:6])
	dst[2] += 8
	copy(dst[4:6], date[2:4])
	// 000–499 is for those born in the twentieth century, 500–999 for those
	// after; the last digit is odd for men.
	individual := 2 * (n * 97 % 250)
	if !female {
		individual++
	}
	if date[0] == '2' {
		individual += 500
	}
	dst[6] = byte('0' + individual/100)
	dst[7] = byte('0' + individual/10%10)
	dst[8] = byte('0' + individual%10)
	return controlDigits(dst)
}

// controlDigits sets the last two digits (weights: Skatteetaten).
func controlDigits(dst *[11]byte) bool {
	first := [9]int{3, 7, 6, 1, 8, 9, 4, 5, 2}
	second := [10]int{5, 4, 3, 2, 7, 6, 5, 4, 3, 2}
	sum := 0
	for i, w := range first {
		sum += w * int(dst[i]-'0')
	}
	k := (11 - sum%11) % 11
	if k == 10 {
		return false
	}
	dst[9] = byte('0' + k)
	sum = 0
	for i, w := range second {
		sum += w * int(dst[i]-'0')
	}
	k = (11 - sum%11) % 11
	if k == 10 {
		return false
	}
	dst[10] = byte('0' + k)
	return true
}

// OrgNumber returns the nth synthetic organisation number from 800 000 000
// on, with its control digit; n is from 0.
func OrgNumber(n int) string {
	for base := 80_000_000 + 10*n; ; base++ {
		if s, ok := formOrgNumber(base); ok {
			return s
		}
	}
}

func formOrgNumber(base int) (string, bool) {
	weights := [8]int{3, 2, 7, 6, 5, 4, 3, 2}
	var b [9]byte
	sum := 0
	for i := 7; i >= 0; i-- {
		b[i] = byte('0' + base%10)
		sum += weights[i] * (base % 10)
		base /= 10
	}
	k := (11 - sum%11) % 11
	if k == 10 {
		return "", false
	}
	b[8] = byte('0' + k)
	return string(b[:]), true
}
