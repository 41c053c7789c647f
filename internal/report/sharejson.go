package report

import (
	"encoding/json"
	"fmt"
	"io"

	"iplos/internal/finding"
)

// The shareable JSON object.
type sharedJSON struct {
	Tool         jsonTool         `json:"tool"`
	RulePack     string           `json:"rule_pack"`
	Municipality string           `json:"municipality"`
	District     string           `json:"district"`
	Year         int              `json:"year"`
	Verdict      finding.Verdict  `json:"verdict,omitempty"`
	Shareable    bool             `json:"shareable"`
	Total        *count           `json:"total,omitempty"`
	BySeverity   map[string]count `json:"by_severity"`
	Rules        []sharedJSONRule `json:"rules"`
	Services     []sharedJSONUse  `json:"services"`
	Overrides    []jsonOverride   `json:"overrides,omitempty"`
	Settings     []Setting        `json:"settings,omitempty"`
}

type sharedJSONRule struct {
	Rule     string           `json:"rule"`
	Severity finding.Severity `json:"severity"`
	Count    count            `json:"count"`
}

type sharedJSONUse struct {
	Code   int    `json:"code"`
	Users  count  `json:"users"`
	Before *count `json:"users_before,omitempty"`
}

// MarshalJSON writes an exact count as a number, another one as an object
// that says what is known of it.
func (c count) MarshalJSON() ([]byte, error) {
	switch c.Kind {
	case fewer:
		return json.Marshal(map[string]int{"fewer_than": few})
	case atLeast:
		return json.Marshal(map[string]int{"at_least": c.N})
	default:
		return json.Marshal(c.N)
	}
}

func shareJSON(w io.Writer, s *shared) error {
	j := sharedJSON{
		Tool: jsonTool{"iplos", s.Tool}, RulePack: s.Pack, Municipality: s.Number, District: s.District, Year: s.Year,
		Verdict: s.Verdict, Shareable: true, BySeverity: map[string]count{},
		Rules: []sharedJSONRule{}, Services: []sharedJSONUse{},
	}
	if len(s.Groups) > 0 {
		j.Total = &s.Total
	}
	for _, g := range s.Groups {
		j.BySeverity[g.Severity.String()] = g.Total
		for _, r := range g.Rules {
			j.Rules = append(j.Rules, sharedJSONRule{r.Rule, g.Severity, r.Count})
		}
	}
	for _, v := range s.Services {
		use := sharedJSONUse{Code: v.Code, Users: v.Now}
		if s.HasBefore {
			use.Before = &v.Before
		}
		j.Services = append(j.Services, use)
	}
	for _, o := range s.Overrides {
		j.Overrides = append(j.Overrides, jsonOverride(o))
	}
	j.Settings = s.Settings
	data, err := encode(j)
	if err != nil {
		return err
	}
	if _, err := w.Write(append(data, '\n')); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}
