package moveit

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"iplos/internal/fault"
)

// Check makes the one request the vendor suggests: without signing in, the
// token's address answers with a small JSON object when the API listens. nil
// means that it does, a refusal with a status that it does not; anything else
// leaves it open. It returns the server's status, 0 without an answer.
func (c *Client) Check(ctx context.Context) (status int, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.endpoint("token", nil), nil)
	if err != nil {
		return 0, fmt.Errorf("making a request: %w", err)
	}
	req.Header.Set("Accept", "application/json")
	a, err := c.exchange(req)
	if err != nil {
		return 0, err
	}
	var object map[string]json.RawMessage
	isObject := json.Unmarshal(a.data, &object) == nil
	shown := fmt.Sprint(a.status)
	switch {
	case a.status == http.StatusTooManyRequests:
		return a.status, fault.New(fault.Network, "feedback.busy", "status", shown)
	case a.status >= 500:
		return a.status, fault.New(fault.Network, "feedback.check.down", "status", shown)
	case a.status == http.StatusForbidden:
		return a.status, fault.New(fault.Refused, "feedback.check.forbidden", "status", shown, "url", c.URL())
	case !isObject || a.status == http.StatusNotFound:
		return a.status, fault.New(fault.Refused, "feedback.api.absent", "status", shown, "url", c.URL())
	default:
		return a.status, nil
	}
}
