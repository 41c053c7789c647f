package record_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"iplos/internal/peertest"
	"iplos/internal/record"
)

// corpusFile is one row of testdata/corpus/index.csv: a document with at most
// one fault, what the reader must say of it, and libxml2's recorded verdict.
type corpusFile struct {
	name, code, line, column, libxml2 string
	data                              []byte
}

func corpus(t testing.TB) []corpusFile {
	t.Helper()
	f, err := os.Open("testdata/corpus/index.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var all []corpusFile
	for _, r := range rows[1:] {
		data, err := os.ReadFile(filepath.Join("testdata/corpus", r[0]))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, corpusFile{r[0], r[1], r[2], r[3], r[4], data})
	}
	return all
}

// wellFormed returns nil, the SyntaxError, or fails the test.
func wellFormed(t testing.TB, data []byte) *record.SyntaxError {
	t.Helper()
	_, err := record.WellFormed(bytes.NewReader(data), record.ReaderOptions{})
	var syntax *record.SyntaxError
	if err != nil && !errors.As(err, &syntax) {
		t.Fatalf("%v is no SyntaxError", err)
	}
	return syntax
}

func TestCorpus(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range corpus(t) {
		t.Run(f.name, func(t *testing.T) {
			got := ",,"
			if err := wellFormed(t, f.data); err != nil {
				got = fmt.Sprintf("%s,%d,%d", err.Code, err.Line, err.Column)
				seen[err.Code] = true
			}
			if want := f.code + "," + f.line + "," + f.column; got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			if strings.HasPrefix(f.name, "accept/") != (f.code == "") {
				t.Error("the folder and the code disagree")
			}
		})
	}
	// These two need documents too large to commit; see limits_test.go.
	seen["token-size"], seen["person-size"] = true, true
	for _, code := range record.SyntaxCodes() {
		if !seen[code] {
			t.Errorf("no document has the fault %q", code)
		}
	}
}

// TestCorpusComplete proves that the index and the folders hold the same.
func TestCorpusComplete(t *testing.T) {
	var indexed []string
	for _, f := range corpus(t) {
		indexed = append(indexed, filepath.FromSlash("testdata/corpus/"+f.name))
	}
	files, err := filepath.Glob("testdata/corpus/*/*.xml")
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(indexed)
	slices.Sort(files)
	if !slices.Equal(indexed, files) {
		t.Errorf("the index and the folders differ: %d and %d", len(indexed), len(files))
	}
	if len(files) < 60 {
		t.Errorf("%d documents, want at least 60", len(files))
	}
}

// libxml2Accepts says why libxml2 may accept what the reader refuses with a
// code.
func libxml2Accepts() map[string]string {
	return map[string]string{
		"doctype":       "the subset has no document types; libxml2 reads them",
		"encoding-name": "the reader takes UTF-8 and leaves decoding to its caller; libxml2 decodes",
		"xml-version":   "the subset is XML 1.0; libxml2 reads 1.1 with a warning",
		"control":       "libxml2 takes a null byte behind the root for the end of the input",
		"depth":         "a limit of the subset",
		"attributes":    "a limit of the subset",
	}
}

// TestCorpusVerdicts holds the recorded verdicts of libxml2 against the
// expected ones: where they differ there must be a reason.
func TestCorpusVerdicts(t *testing.T) {
	for _, f := range corpus(t) {
		accepted := f.libxml2 == "accept"
		switch {
		case accepted == (f.code == ""):
		case accepted && libxml2Accepts()[f.code] != "":
		default:
			t.Errorf("%s: libxml2 says %q and nothing explains it", f.name, f.libxml2)
		}
	}
}

// TestCorpusRecorded proves the recorded verdicts with the program itself.
func TestCorpusRecorded(t *testing.T) {
	xmllint := peertest.Need(t, "xmllint")
	var names []string
	for _, f := range corpus(t) {
		names = append(names, "testdata/corpus/"+f.name)
	}
	verdicts := libxml2(t, xmllint, names)
	for _, f := range corpus(t) {
		if got := verdicts["testdata/corpus/"+f.name].verdict; got != f.libxml2 {
			t.Errorf("%s: recorded %q, now %q", f.name, f.libxml2, got)
		}
	}
}

// peerVerdict is what libxml2 says of a file: "accept", "reject" or
// "namespace error" (which it goes on after), and the line of the first
// error.
type peerVerdict struct {
	verdict string
	line    int
}

// libxml2 asks xmllint about many files at once.
func libxml2(t testing.TB, xmllint string, names []string) map[string]peerVerdict {
	t.Helper()
	all := map[string]peerVerdict{}
	for _, name := range names {
		all[name] = peerVerdict{verdict: "accept"}
	}
	var stderr bytes.Buffer
	cmd := exec.Command(xmllint, append([]string{"--noout", "--nonet"}, names...)...)
	cmd.Stderr = &stderr
	_ = cmd.Run() // it fails when one file is bad
	message := regexp.MustCompile(`(?m)^(.*\.xml):(\d+): (namespace|parser|I/O) (error|warning) : (.*)$`)
	for _, m := range message.FindAllStringSubmatch(stderr.String(), -1) {
		v, ours := all[m[1]]
		// Whether a namespace is a URI is not the parser's to ask.
		if !ours || m[4] == "warning" || strings.HasSuffix(m[5], "is not a valid URI") || v.verdict == "reject" {
			continue
		}
		if v.line == 0 {
			v.line, _ = strconv.Atoi(m[2])
		}
		v.verdict = "namespace error"
		if m[3] != "namespace" {
			v.verdict = "reject"
		}
		all[m[1]] = v
	}
	return all
}
