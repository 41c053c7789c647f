package ident

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"iplos/internal/peertest"
)

// script answers each line with the peer's verdict: the type of a valid
// number, else the reasons.
const script = `
const v = require(process.argv[1]);
const out = [];
for (const n of require('fs').readFileSync(0, 'utf8').split('\n')) {
  if (n === '') continue;
  const r = v.idnr(n);
  out.push(r.status === 'valid' ? r.type : r.reasons.join(','));
}
process.stdout.write(out.join('\n') + '\n');
`

// Differences from the peer, each with its reason. Anything else fails.
const (
	same = ""
	// The peer knows no series of months 66–77.
	differsPlus65 = "synthetic persons of Norsk helsenett"
	// The peer reads a first digit of 8 or 9 as a D-number and finds no date.
	differsFH = "FH-numbers have no date"
	// The peer takes 11 digits only.
	differsDUF = "DUF numbers have 12 digits"
	// The peer reads the year 00 as 2000 and so accepts 29 February 1900.
	differsLeap = "1900 was no leap year"
	// The peer does not compare the individual number with the year.
	differsCentury = "the individual number belongs to no century"
)

// TestAgreesWithFnrvalidator compares with @navikt/fnrvalidator, which reads
// control digits by the rule of 2032, on 100,000 numbers.
func TestAgreesWithFnrvalidator(t *testing.T) {
	node := peertest.Need(t, "node")
	module := peertest.NeedFile(t, filepath.Join("..", "..", "tools", "node", "node_modules", "@navikt", "fnrvalidator", "dist", "validator.js"))
	module, err := filepath.Abs(module)
	if err != nil {
		t.Fatal(err)
	}
	numbers := generate(100_000)
	cmd := exec.CommandContext(t.Context(), node, "-e", script, module)
	cmd.Stdin = strings.NewReader(strings.Join(numbers, "\n"))
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	answers := bufio.NewScanner(bytes.NewReader(out))
	count := map[string]int{}
	for i, number := range numbers {
		if !answers.Scan() {
			t.Fatalf("no answer for number %d", i)
		}
		why, ok := explain(number, answers.Text())
		if !ok {
			n, fault := Parse([]byte(number), Relaxed2032)
			t.Errorf("%s: peer says %q, we say %+v, %v", number, answers.Text(), n, fault)
		}
		count[why]++
	}
	for _, why := range []string{same, differsPlus65, differsFH, differsDUF, differsLeap, differsCentury} {
		if count[why] == 0 {
			t.Errorf("no number of the sort %q was made", why)
		}
		t.Logf("%6d %s", count[why], why)
	}
}

// explain says why the two answers differ, or that they agree.
func explain(number, peer string) (why string, ok bool) {
	n, fault := Parse([]byte(number), Relaxed2032)
	if agrees(n, fault, peer) {
		return same, true
	}
	peerDate := peer == "invalid date" || peer == "checksums don't match,invalid date"
	switch {
	case n.Series == Plus65 && peerDate && (fault == OK) == (peer == "invalid date"):
		return differsPlus65, true
	case n.Kind == FHNumber && peerDate && (fault == OK) == (peer == "invalid date"):
		return differsFH, true
	case len(number) == 12 && strings.HasPrefix(peer, "fnr, dnr or hnr must"):
		return differsDUF, true
	case fault == BadDate && !strings.Contains(peer, "date"):
		// The peer looks at day and month only.
		if strings.HasPrefix(number[4:], "00") && number[6] < '5' && (number[:2] == "29" || number[:2] == "69") {
			return differsLeap, true
		}
		yy := uint32(number[4]-'0')*10 + uint32(number[5]-'0')
		ind := uint32(number[6]-'0')*100 + uint32(number[7]-'0')*10 + uint32(number[8]-'0')
		_, known := century(yy, ind)
		return differsCentury, !known
	default:
		return "", false
	}
}

func agrees(n Number, fault Fault, peer string) bool {
	switch fault {
	case OK:
		want := map[Kind]string{Fodselsnummer: "fnr", DNumber: "dnr", HNumber: "hnr"}[n.Kind]
		if n.Dnr {
			want = "dnr"
		}
		switch {
		case n.Dnr && n.Series == Plus80:
			want = "dnr-and-tnr"
		case n.Series == Plus80:
			want = "tnr"
		case n.Dnr && n.Kind == HNumber:
			want = "dnr-and-hnr"
		}
		return peer == want
	case BadFormat:
		return strings.HasPrefix(peer, "fnr, dnr or hnr must")
	case BadDate:
		return strings.Contains(peer, "invalid date")
	case BadChecksum:
		return peer == "checksums don't match"
	default:
		return false
	}
}

// generate makes numbers of every kind, valid and damaged, from one seed.
func generate(count int) []string {
	r := rand.New(rand.NewPCG(2017, 1))
	numbers := make([]string, 0, count)
	for len(numbers) < count {
		number := one(r)
		switch r.IntN(8) {
		case 0: // one digit changed
			b := []byte(number)
			b[r.IntN(len(b))] = byte('0' + r.IntN(10))
			number = string(b)
		case 1: // two digits changed places
			b := []byte(number)
			i := r.IntN(len(b) - 1)
			b[i], b[i+1] = b[i+1], b[i]
			number = string(b)
		case 2:
			if r.IntN(20) == 0 {
				number = number[:r.IntN(len(number)-1)+1]
			}
		}
		numbers = append(numbers, number)
	}
	return numbers
}

func one(r *rand.Rand) string {
	day, month := 1+r.IntN(31), 1+r.IntN(12)
	if r.IntN(50) == 0 {
		day, month = 29, 2
	}
	day += []int{0, 40}[r.IntN(2)]
	month += []int{0, 40, 65, 80}[r.IntN(4)]
	year, individual := r.IntN(100), r.IntN(1000)
	if r.IntN(20) == 0 {
		year = 0
	}
	nine := fmt.Sprintf("%02d%02d%02d%03d", day, month, year, individual)
	switch r.IntN(12) {
	case 0: // FH
		nine = fmt.Sprintf("%d%08d", 8+r.IntN(2), r.IntN(100_000_000))
	case 1: // anything
		nine = fmt.Sprintf("%09d", r.IntN(1_000_000_000))
	case 2:
		return fmt.Sprintf("%d%06d%02d", 1990+r.IntN(40), r.IntN(1_000_000), r.IntN(11))
	}
	rest := uint32(0)
	if r.IntN(3) == 0 {
		rest = uint32(r.IntN(4))
	}
	if text, ok := complete(nine, rest); ok {
		return text
	}
	return nine + "00"
}
