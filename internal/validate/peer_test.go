package validate_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"iplos/internal/peertest"
	"iplos/internal/record"
)

// TestTypesAgreeWithXmllint sets each kind of value into a message and
// compares the schema validator's verdict with the rules': it is invalid
// exactly when a rule on structure says so.
func TestTypesAgreeWithXmllint(t *testing.T) {
	xmllint := peertest.Need(t, "xmllint")
	dir := t.TempDir()
	schema := filepath.Join(dir, "message.xsd")
	if err := os.WriteFile(schema, record.Schema(record.Profiles()[0]), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"--noout", "--schema", schema}
	ours := map[string]bool{}
	base := changed(t, "XML-VALUE", "+012.5", "12.50", `pePeID=" +17 "`, `pePeID="17"`)
	for _, field := range []struct{ name, old string }{
		{"peAlder", "62"},
		{"tjTimerUke", "12.50"},
		{"peKjonn", "M"},
		{"peKomnr", "1601"},
		{"tjFraDato", "20170101"},
		{"diKodeVersjon", "ICPC-2"},
		{"iiSysID", "prøve"},
		{"tjInstOrgnr", "800000009"},
		{"diDiagKode", "P70"},
	} {
		for i, value := range values() {
			old := "<" + field.name + ">" + field.old + "</"
			if !bytes.Contains(base.text, []byte(old)) {
				t.Fatalf("no %q", old)
			}
			text := bytes.Replace(base.text, []byte(old), []byte("<"+field.name+">"+value+"</"), 1)
			path := filepath.Join(dir, fmt.Sprintf("%s-%d.xml", field.name, i))
			if err := os.WriteFile(path, text, 0o600); err != nil {
				t.Fatal(err)
			}
			args = append(args, path)
			found, _ := validateText(t, text, base.options)
			for _, f := range found {
				ours[path] = ours[path] || strings.HasPrefix(f.Rule, "XML-")
			}
		}
	}
	out, _ := exec.CommandContext(t.Context(), xmllint, args...).CombinedOutput() // it fails for invalid files
	for _, path := range args[3:] {
		accepts := bytes.Contains(out, []byte(path+" validates\n"))
		if !accepts && !bytes.Contains(out, []byte(path+" fails to validate\n")) {
			t.Fatalf("no verdict on %s:\n%s", path, out)
		}
		value := between(string(mustRead(t, path)), filepath.Base(path))
		if strings.HasPrefix(filepath.Base(path), "peAlder-") && strings.TrimSpace(value) != value {
			// libxml2 does not take the white space off an xs:short, which the
			// standard says to, and javax.xml.validation does.
			accepts = !ours[path]
		}
		if accepts == ours[path] {
			t.Errorf("%s: xmllint accepts it: %v: %q", filepath.Base(path), accepts, value)
		}
	}
}

func values() []string {
	return []string{
		"", " ", "0", "1", "M", "K", "m", "MM", "-1", "+1", "007", " 7 ", "7 7", "32767", "32768", "-32768", "-32769", "99999999999",
		"1.5", "1,5", "12.345", "0012.500", "999.99", "1000.01", ".5", "5.", "1e3", "20170231", "20170001", "20171232", "2017123",
		"201712310", "ICD-10", "icd-10", "1601", "16 1", "ÆØÅÆ", "éééé", "123456789", "1234567890", "12345678901234",
		"ÆØÅÆØÅÆØÅ", "ÆØÅÆØÅÆØÅÆ", "fifteen letters", "sixteen letters!", "&#48;", "<![CDATA[1601]]>", "\t1\n",
	}
}

// between returns the element the file is about.
func between(text, name string) string {
	field, _, _ := strings.Cut(name, "-")
	_, rest, _ := strings.Cut(text, "<"+field+">")
	value, _, _ := strings.Cut(rest, "</"+field)
	return value
}

func mustRead(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
