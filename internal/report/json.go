package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"

	"iplos/internal/finding"
	"iplos/internal/record"
	"iplos/internal/ui/lang"
)

// The JSON object; docs/report.schema.json is its contract. The keys stand in
// the order of the contract, findings and their counts last.
type jsonReport struct {
	Tool         jsonTool        `json:"tool"`
	RulePack     string          `json:"rule_pack"`
	Input        jsonInput       `json:"input"`
	Municipality string          `json:"municipality"`
	Set          string          `json:"municipality_set,omitempty"`
	District     string          `json:"district"`
	Year         int             `json:"year"`
	Verdict      finding.Verdict `json:"verdict,omitempty"`
	Summary      jsonSummary     `json:"summary"`
	Totals       *finding.Totals `json:"totals,omitempty"`
	Previous     *finding.Totals `json:"previous_totals,omitempty"`
	PreviousYear int             `json:"previous_year,omitempty"`
	Overrides    []jsonOverride  `json:"overrides,omitempty"`
	Settings     []Setting       `json:"settings,omitempty"`
	Baseline     *jsonBaseline   `json:"baseline,omitempty"`
	Account      map[string]int  `json:"account,omitempty"`
	Matches      []finding.Match `json:"matches,omitempty"`
	Error        *Failure        `json:"error,omitempty"`
}

type jsonTool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type jsonInput struct {
	finding.Input
	Persons int            `json:"persons"`
	Rows    map[string]int `json:"rows"`
}

type jsonSummary struct {
	Error   int            `json:"error"`
	Minimum int            `json:"minimum"`
	Warning int            `json:"warning"`
	Info    int            `json:"info"`
	ByRule  map[string]int `json:"by_rule"`
}

type jsonOverride struct {
	Rule   string            `json:"rule"`
	From   *finding.Severity `json:"from,omitempty"`
	To     finding.Severity  `json:"to"`
	Reason string            `json:"reason"`
}

type jsonBaseline struct {
	Previous string `json:"previous"`
	finding.Change
	ByRule map[string]finding.Change `json:"by_rule"`
}

type jsonFinding struct {
	Rule     string           `json:"rule"`
	Severity finding.Severity `json:"severity"`
	File     string           `json:"file,omitempty"`
	Line     int              `json:"line"`
	Column   int              `json:"column,omitempty"`
	Class    string           `json:"class"`
	Person   string           `json:"person"`
	Identity string           `json:"identity,omitempty"`
	Row      string           `json:"row"`
	Field    string           `json:"field"`
	Message  string           `json:"message"`
	New      *bool            `json:"new,omitempty"`
}

// writeJSON streams one object: findings in file order, so that a million of
// them cost no memory.
func writeJSON(w io.Writer, r *Report, p *lang.Printer) error {
	b := bufio.NewWriter(w)
	head, err := encode(jsonHead(r))
	if err != nil {
		return err
	}
	_, _ = b.Write(bytes.TrimSuffix(head, []byte("}")))
	shown := 0
	if !r.Limits.SummaryOnly {
		_, _ = b.WriteString(`,"findings":[`)
		if shown, err = jsonFindings(b, r, words{Printer: p, titles: r.Titles}); err != nil {
			return err
		}
		_ = b.WriteByte(']')
	}
	fmt.Fprintf(b, ",\"findings_total\":%d,\"findings_shown\":%d}\n", r.summary().Total(), shown)
	return b.Flush()
}

func jsonHead(r *Report) jsonReport {
	h := jsonReport{
		Tool: jsonTool{"iplos", r.ToolVersion}, RulePack: r.RulePack,
		Input:        jsonInput{Input: r.Input, Rows: map[string]int{}},
		Municipality: r.Municipality, Set: r.MunicipalitySet, District: r.District, Year: r.Year,
		Verdict: r.verdict(), Summary: summaryOf(r.summary()),
		Totals: noNulls(r.Totals), Previous: noNulls(r.Previous), PreviousYear: r.PreviousYear, Matches: r.Matches, Settings: r.Settings, Error: r.Failure,
	}
	if r.Totals != nil {
		h.Input.Persons = r.Totals.Persons
		for _, class := range record.ChildClasses() {
			h.Input.Rows[class.String()] = r.Totals.Rows[class.String()]
		}
	}
	for _, o := range r.Overrides {
		h.Overrides = append(h.Overrides, jsonOverride(o))
	}
	if c := r.Comparison; c != nil {
		h.Baseline = &jsonBaseline{c.Previous, c.Total(), notNil(c.ByRule)}
	}
	if len(r.Account) > 0 {
		h.Account = map[string]int{}
		for _, a := range r.Account {
			h.Account[a.Key] = a.Count
		}
	}
	return h
}

func summaryOf(s *finding.Summary) jsonSummary {
	return jsonSummary{
		Error: s.BySeverity[finding.Error], Minimum: s.BySeverity[finding.Minimum],
		Warning: s.BySeverity[finding.Warning], Info: s.BySeverity[finding.Info], ByRule: notNil(s.ByRule),
	}
}

// noNulls returns the totals with empty maps for missing ones, which readers
// of the JSON would else meet as null.
func noNulls(t *finding.Totals) *finding.Totals {
	if t == nil {
		return nil
	}
	c := *t
	c.Rows, c.ServiceUsers = notNil(c.Rows), notNil(c.ServiceUsers)
	return &c
}

func notNil[K comparable, V any](m map[K]V) map[K]V {
	if m == nil {
		return map[K]V{}
	}
	return m
}

func jsonFindings(b *bufio.Writer, r *Report, w words) (shown int, err error) {
	limit := r.Limits.MaxFindings
	for f := range r.log().All() {
		if limit > 0 && shown == limit {
			break
		}
		if shown > 0 {
			_ = b.WriteByte(',')
		}
		shown++
		data, err := encode(jsonOf(f, r, w))
		if err != nil {
			return shown, err
		}
		_ = b.WriteByte('\n')
		if _, err := b.Write(data); err != nil {
			return shown, err
		}
	}
	return shown, nil
}

func jsonOf(f *finding.Finding, r *Report, w words) jsonFinding {
	file, line := r.at(f.Line)
	j := jsonFinding{
		Rule: f.Rule, Severity: f.Severity, File: file, Line: line, Column: f.Column, Class: f.Class,
		Person: f.Person, Row: f.Row, Field: f.Field, Message: w.message(f),
	}
	if r.Identity != nil && f.Person != "" {
		j.Identity = r.Identity(f.Person)
	}
	if r.Comparison != nil && r.Comparison.IsNew != nil {
		isNew := r.Comparison.IsNew(f)
		j.New = &isNew
	}
	return j
}

// encode is json.Marshal without the escapes that only a web page needs.
func encode(v any) ([]byte, error) {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("encoding the report: %w", err)
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

// sortedKeys returns the rule ids in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
