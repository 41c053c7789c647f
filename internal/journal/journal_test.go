package journal_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"iplos/internal/fault"
	"iplos/internal/ident"
	"iplos/internal/journal"
)

func TestLockSaysWhoHoldsIt(t *testing.T) {
	now := at("2018-01-03 12:00").UTC()
	dir := t.TempDir()
	j := open(t, dir, &now)
	_, err := journal.Open(dir, options(&now))
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || e.Kind != fault.Locked {
		t.Fatalf("second run: %v", err)
	}
	text := fmt.Sprint(e.Args...)
	for _, want := range []string{"kari", "pc1", fmt.Sprint(os.Getpid()), "2018-01-03 12:00"} {
		if !strings.Contains(text, want) {
			t.Errorf("the error lacks %q: %s", want, text)
		}
	}
	add(t, j, sealed("a", "1"), upload(journal.Uploading, "a", "1"))
	v, err := journal.Read(dir, "0403")
	if err != nil || v.Running == nil || v.Running.User != "kari" {
		t.Fatalf("reading beside a run: %+v, %v", v, err)
	}
	if s := v.Submissions(now); s[0].State != journal.StateUploading {
		t.Errorf("beside a run: %q", s[0].State)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	v, err = journal.Read(dir, "0403")
	if err != nil || v.Running != nil {
		t.Fatalf("after the run: %+v, %v", v, err)
	}
	if s := v.Submissions(now); s[0].State != journal.StateUnknown {
		t.Errorf("after a killed run: %q", s[0].State)
	}
	other := options(&now)
	other.Municipality = "0301"
	k, err := journal.Open(dir, other)
	if err != nil {
		t.Fatalf("another municipality waits for this one's lock: %v", err)
	}
	_ = k.Close()
}

func TestNoIdentityIsWritten(t *testing.T) {
	const identity = "01819010001" // synthetic: month + 80
	now := at("2018-01-03 12:00")
	dir := t.TempDir()
	j := open(t, dir, &now)
	e := sealed("a", "1")
	e.Source.Path = "/home/" + identity + "/" + identity + ".xml"
	e.Reference, e.Confirmation, e.Reason = identity, "mottatt "+identity, identity
	e.Keys = []journal.Key{{ConfirmedBy: identity}}
	e.Answers = []journal.Answer{{Question: "q", Answer: identity}}
	e.Overrides = map[string]string{"ORG-MISSING": identity}
	add(t, j, e)
	bad := sealed("b", "1")
	bad.Account = []byte(`{"left_out":"` + identity + `"}`)
	if err := j.Append(bad); err == nil {
		t.Error("an account with an identity was written")
	}
	data, err := os.ReadFile(journalPath(dir))
	if err != nil {
		t.Fatal(err)
	}
	if ident.Contains(string(data)) || strings.Contains(string(data), identity) || strings.Contains(string(data), "/home/") {
		t.Errorf("the journal holds an identity or a path: %s", data)
	}
}
