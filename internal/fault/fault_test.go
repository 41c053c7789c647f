package fault_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"iplos/internal/fault"
)

func TestWrapGivesTheCauseToTheText(t *testing.T) {
	cause := errors.New("disk is gone")
	for name, tc := range map[string]struct {
		err  *fault.Error
		want string
	}{
		"by itself": {fault.Wrap(cause, fault.Usage, "journal.write", "file", "x"), "[file x cause disk is gone]"},
		"its own":   {fault.Wrap(cause, fault.Usage, "journal.write", "cause", "full"), "[cause full]"},
		"none":      {fault.New(fault.Usage, "journal.write", "file", "x"), "[file x]"},
	} {
		if got := fmt.Sprint(tc.err.Args); got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
		if n := strings.Count(tc.err.Error(), cause.Error()); tc.err.Err != nil && n != 1 {
			t.Errorf("%s: the log says the cause %d times: %s", name, n, tc.err)
		}
	}
}

func TestKindOf(t *testing.T) {
	inner := fault.New(fault.Unknown, "x.y")
	for want, err := range map[fault.Kind]error{
		"": nil, fault.Internal: errors.New("x"), fault.Unknown: fmt.Errorf("more: %w", inner),
		fault.Usage: fault.Wrap(inner, fault.Usage, "x.z"),
	} {
		if got := fault.KindOf(err); got != want {
			t.Errorf("%v is %q, want %q", err, got, want)
		}
	}
}
