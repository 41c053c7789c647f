package journal

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"
	"time"
)

// FuzzScan reads any bytes as a journal: what is whole reads the same again,
// and a line can be put after it.
func FuzzScan(f *testing.F) {
	c := newChain("0403")
	var whole []byte
	for i, e := range []Entry{
		{Type: Sealed, Submission: "a", Files: []File{{Name: "1", Bytes: 1}}},
		{Type: Uploading, Submission: "a", File: "1"},
		{Type: Unknown, Submission: "a", File: "1"},
		{Type: Resend, Submission: "a"},
		{Type: Recorded, Submission: "b", Files: []File{{Name: "2"}}},
		{Type: Receipt, Submission: "a"},
	} {
		whole = append(whole, sealLine(f, c, e, int64(i+1))...)
	}
	f.Add(whole)
	f.Add(whole[:len(whole)-1])
	f.Add(whole[:len(whole)/2])
	f.Add([]byte("{}\n"))
	f.Add(fmt.Appendf(nil, `{"hash":"x","entry":{"v":%d}}`, Version+1))
	f.Add([]byte("\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := scan(data, "0403")
		if err != nil {
			return
		}
		derive(s.entries, time.Unix(1515000000, 0), false)
		kept := bytes.Clone(data[:s.whole])
		if s.unended {
			kept = append(kept, '\n')
		}
		kept = append(kept, sealLine(t, s.chain, Entry{Type: Receipt, Submission: "z"}, s.chain.seq+1)...)
		again, err := scan(kept, "0403")
		if err != nil || again.whole != len(kept) || len(again.entries) != len(s.entries)+1 || !reflect.DeepEqual(again.entries[:len(s.entries)], append([]Entry{}, s.entries...)) {
			t.Fatalf("not the same again: %v", err)
		}
	})
}

func sealLine(t testing.TB, c *chain, e Entry, seq int64) []byte {
	t.Helper()
	e.Version, e.Seq, e.Municipality = Version, seq, "0403"
	text, hash, err := c.seal(&e)
	if err != nil {
		t.Fatal(err)
	}
	c.next(hash)
	return text
}
