package report

import (
	"encoding/json"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"iplos/internal/finding"
	"iplos/internal/ui/lang"
)

func schema(t *testing.T) *openapi3.Schema {
	t.Helper()
	data, err := os.ReadFile("../../docs/report.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	s := openapi3.NewSchema()
	if err := json.Unmarshal(data, s); err != nil {
		t.Fatal(err)
	}
	return s
}

// checkJSON holds the output against the published schema and adds it up.
func checkJSON(t *testing.T, s *openapi3.Schema, out string) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	if err := s.VisitJSON(v); err != nil {
		t.Fatalf("against the schema: %v", err)
	}
	summary := v["summary"].(map[string]any)
	sum, byRule := 0.0, 0.0
	for _, k := range []string{"error", "minimum", "warning", "info"} {
		sum += summary[k].(float64)
	}
	for _, n := range summary["by_rule"].(map[string]any) {
		byRule += n.(float64)
	}
	list, _ := v["findings"].([]any)
	if total := v["findings_total"].(float64); sum != total || byRule != total {
		t.Errorf("findings_total %v, by severity %v, by rule %v", total, sum, byRule)
	}
	if shown := v["findings_shown"].(float64); shown != float64(len(list)) {
		t.Errorf("findings_shown %v, listed %d", shown, len(list))
	}
	return v
}

func TestJSONKeepsTheContract(t *testing.T) {
	s := schema(t)
	cases := map[string]func(*Report){
		"all":          func(*Report) {},
		"some":         func(r *Report) { r.Limits.MaxFindings = 5 },
		"summary only": func(r *Report) { r.Limits.SummaryOnly = true },
		"identities":   func(r *Report) { r.Identity = func(p string) string { return "x" + p } },
		"bare":         func(r *Report) { *r = Report{} },
		"null maps":    func(r *Report) { r.Totals, r.Comparison.ByRule = &finding.Totals{}, nil },
		"failed": func(r *Report) {
			*r = Report{Failure: &Failure{Code: 2, Kind: "usage", ID: "file.missing", Message: "m", Hint: "h"}}
		},
		"feedback": func(r *Report) {
			r.Feedback = true
			r.Matches = []finding.Match{{Rule: "ID-SEX", Foretold: 3, OursAlone: 1}}
		},
	}
	for name, change := range cases {
		t.Run(name, func(t *testing.T) {
			r := sample()
			change(r)
			v := checkJSON(t, s, render(t, format(t, "json"), r, lang.Bokmal))
			_, hasFindings := v["findings"]
			if hasFindings == r.Limits.SummaryOnly {
				t.Errorf("findings listed: %v", hasFindings)
			}
			if _, ok := v["verdict"]; ok == (r.Failure != nil || r.Feedback) {
				t.Errorf("verdict %v", v["verdict"])
			}
		})
	}
}

// The schema is strict enough to notice a key that is missing, strange or of
// another type.
func TestSchemaCanFail(t *testing.T) {
	s := schema(t)
	for name, spoil := range map[string]func(v map[string]any){
		"missing": func(v map[string]any) { delete(v, "findings_total") },
		"strange": func(v map[string]any) { v["identity"] = "x" },
		"type":    func(v map[string]any) { v["year"] = "2017" },
		"verdict": func(v map[string]any) { v["verdict"] = "fine" },
		"finding": func(v map[string]any) { delete(v["findings"].([]any)[0].(map[string]any), "rule") },
	} {
		var v map[string]any
		if err := json.Unmarshal([]byte(render(t, format(t, "json"), sample(), lang.Bokmal)), &v); err != nil {
			t.Fatal(err)
		}
		spoil(v)
		if s.VisitJSON(v) == nil {
			t.Errorf("%s: the schema accepts it", name)
		}
	}
}

// The keys stand as the contract shows them.
func TestJSONExample(t *testing.T) {
	l := &finding.Log{}
	l.Add(&finding.Finding{
		Rule: "ORG-MISSING", Severity: finding.Minimum, Line: 4711, Class: "TJENESTE", Person: "17", Row: "51",
		Field: "tjInstOrgnr", Message: "none.such",
	})
	r := sample()
	*r = Report{
		ToolVersion: "1.2.3", RulePack: "2017.1", Input: r.Input, Municipality: "0403", District: "00", Year: 2017,
		Totals: nil, Findings: l,
	}
	got := render(t, format(t, "json"), r, lang.Bokmal)
	want := `{"tool":{"name":"iplos","version":"1.2.3"},"rule_pack":"2017.1",` +
		`"input":{"path":"eksport/iplos-2017.xml","sha256":"` + strings.Repeat("ab", 32) + `","bytes":1911460,"persons":0,"rows":{}},` +
		`"municipality":"0403","district":"00","year":2017,"verdict":"incomplete",` +
		`"summary":{"error":0,"minimum":1,"warning":0,"info":0,"by_rule":{"ORG-MISSING":1}},` +
		`"findings":[` + "\n" + `{"rule":"ORG-MISSING","severity":"minimum","line":4711,"class":"TJENESTE","person":"17","row":"51","field":"tjInstOrgnr","message":`
	if !strings.HasPrefix(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if !strings.HasSuffix(got, `,"findings_total":1,"findings_shown":1}`+"\n") {
		t.Errorf("ends with %s", got[len(got)-60:])
	}
}

// Writing many findings takes no memory that grows with them.
func TestJSONStreams(t *testing.T) {
	l := &finding.Log{}
	for i := range 60_000 {
		l.Add(&finding.Finding{Rule: "R", Line: i, Person: strconv.Itoa(i), Message: "none.such"})
	}
	peak := &peakWriter{}
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := format(t, "json").Write(peak, &Report{Findings: l}, lang.New(lang.Bokmal)); err != nil {
		t.Fatal(err)
	}
	if grown := int64(peak.heap) - int64(before.HeapAlloc); grown > 8<<20 || peak.bytes < 6<<20 {
		t.Errorf("heap grew by %d bytes while writing %d", grown, peak.bytes)
	}
}

// peakWriter looks at the live heap now and then.
type peakWriter struct {
	heap         uint64
	bytes, since int
}

func (w *peakWriter) Write(p []byte) (int, error) {
	w.bytes += len(p)
	if w.since += len(p); w.since > 1<<20 {
		w.since = 0
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		w.heap = max(w.heap, m.HeapAlloc)
	}
	return io.Discard.Write(p)
}
