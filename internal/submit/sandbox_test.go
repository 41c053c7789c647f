package submit_test

import (
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"iplos/internal/fault"
	"iplos/internal/sandbox/scenario"
	"iplos/internal/sandbox/sendemodul"
	"iplos/internal/sandbox/trail"
	"iplos/internal/secret"
	"iplos/internal/submit"
)

// sandbox is the practice site: pages this package did not write.
type sandbox struct {
	*sendemodul.Server
	web  *httptest.Server
	opts submit.Options
}

func startSandbox(t *testing.T, variant string, faults ...scenario.Use) *sandbox {
	t.Helper()
	now := func() time.Time { return time.Date(2018, 1, 3, 10, 0, 0, 0, time.UTC) }
	s, err := sendemodul.New(sendemodul.Options{
		Dir: t.TempDir(), Variant: variant, Scenarios: faults, Now: now, Trail: trail.New(now),
		Accounts: []sendemodul.Account{{Municipality: "0403", District: "00", OrganisationNumber: "800000009", PIN: secret.FromString(testPIN)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewTLSServer(s)
	t.Cleanup(func() { s.Close(); web.CloseClientConnections(); web.Close() })
	return &sandbox{s, web, testOptions(t, web, sendemodul.Base)}
}

// TestSandboxVariants delivers one and several files through every page set.
func TestSandboxVariants(t *testing.T) {
	for _, variant := range sendemodul.Variants() {
		for _, names := range [][]string{{"iplos-0403-00-2017-a1.tar"}, {"part-0001.p7m", "part-0002.p7m", "manifest.p7m"}} {
			t.Run(variant+"/"+names[0], func(t *testing.T) {
				s := startSandbox(t, variant)
				ev := &recorder{}
				s.opts.Events = ev
				out, err := submit.Send(t.Context(), s.opts, consignment(t, 100_000, names...))
				if err != nil {
					t.Fatalf("%v\n%s", err, out.Confirmation)
				}
				if got := stored(s.Deliveries()); got != strings.Join(names, " ") {
					t.Errorf("stored %q", got)
				}
				if out.State != submit.Uploaded || out.Reference == "" || !strings.Contains(out.Confirmation, out.Reference) {
					t.Errorf("outcome %q, reference %q, text %q", out.State, out.Reference, out.Confirmation)
				}
				if ref := s.Deliveries()[len(s.Deliveries())-1].Reference; out.Reference != ref {
					t.Errorf("reference %q, the site's is %q", out.Reference, ref)
				}
				ev.check(t, names, submit.Uploaded)
			})
		}
	}
}

func stored(ds []sendemodul.Delivery) string {
	var names []string
	for _, d := range ds {
		for _, f := range d.Files {
			names = append(names, filepath.Base(f.Name))
		}
	}
	return strings.Join(names, " ")
}

// TestSandboxFaults meets every fault of the practice site in the page sets that differ most:
// the right kind, and the site holds the package zero or one times.
func TestSandboxFaults(t *testing.T) {
	for _, tc := range []struct {
		use    scenario.Use
		kind   fault.Kind
		state  submit.State
		stored int
	}{
		{scenario.Use{Name: sendemodul.PINRefused}, fault.Refused, submit.NotSent, 0},
		{scenario.Use{Name: sendemodul.Closed}, fault.Refused, submit.NotSent, 0},
		{scenario.Use{Name: sendemodul.LoginStatus, N: 503}, fault.Network, submit.NotSent, 0},
		{scenario.Use{Name: sendemodul.LoginStatus, N: 403}, fault.Refused, submit.NotSent, 0},
		{scenario.Use{Name: sendemodul.LoginStatus, N: 429}, fault.Refused, submit.NotSent, 0},
		{scenario.Use{Name: sendemodul.SessionExpires}, fault.Refused, submit.Refused, 0},
		{scenario.Use{Name: sendemodul.UploadStatus, N: 503}, fault.Network, submit.NotSent, 0},
		{scenario.Use{Name: sendemodul.UploadStatus, N: 403}, fault.Refused, submit.Refused, 0},
		{scenario.Use{Name: sendemodul.UploadStatus, N: 413}, fault.Refused, submit.Refused, 0},
		{scenario.Use{Name: sendemodul.TooLarge, N: 1000}, fault.Refused, submit.Refused, 0},
		{scenario.Use{Name: sendemodul.UploadCut, N: 1000}, fault.Unknown, submit.Unknown, 0},
		{scenario.Use{Name: sendemodul.UploadRedirect}, fault.Refused, submit.Refused, 0},
		{scenario.Use{Name: sendemodul.ErrorAfterStore}, fault.Unknown, submit.Unknown, 1},
		{scenario.Use{Name: sendemodul.Silent}, fault.Unknown, submit.Unknown, 1},
		{scenario.Use{Name: sendemodul.AnswerCut, N: 50}, fault.Unknown, submit.Unknown, 1},
		{scenario.Use{Name: sendemodul.Vague}, fault.Unknown, submit.Unknown, 1},
	} {
		variants := []string{"plain", "aspnet", "jsf", "english"}
		if tc.use.Name == sendemodul.AnswerCut {
			variants = []string{"plain", "aspnet", "english"} // jsf answers with a redirect, which has no body to cut
		}
		for _, variant := range variants {
			t.Run(string(tc.use.Name)+"/"+variant, func(t *testing.T) {
				t.Parallel()
				s := startSandbox(t, variant, tc.use)
				ev := &recorder{}
				s.opts.Events = ev
				if tc.use.Name == sendemodul.Silent {
					s.opts.HTTP.HeaderTimeout = time.Second
				}
				out, err := submit.Send(t.Context(), s.opts, consignment(t, 300_000, "iplos-0403-00-2017-a1.tar"))
				if fault.KindOf(err) != tc.kind || out.State != tc.state {
					t.Errorf("kind %q state %q, want %q %q: %v", fault.KindOf(err), out.State, tc.kind, tc.state, err)
				}
				if got := len(s.Deliveries()); got != tc.stored {
					t.Errorf("the site holds %d", got)
				}
				if strings.Contains(out.Confirmation, testPIN) {
					t.Error("the PIN stands in the confirmation")
				}
				ev.checkTruth(t, out)
			})
		}
	}
}

// TestSandboxAskedAfterUnknown: what may have arrived is asked for, and not
// sent again.
func TestSandboxAskedAfterUnknown(t *testing.T) {
	for _, variant := range sendemodul.Variants() {
		t.Run(variant, func(t *testing.T) {
			s := startSandbox(t, variant, scenario.Use{Name: sendemodul.ErrorAfterStore, Times: 1})
			cons := consignment(t, 5000, "iplos-0403-00-2017-a1.tar")
			if _, err := submit.Send(t.Context(), s.opts, cons); fault.KindOf(err) != fault.Unknown {
				t.Fatalf("first: %v", err)
			}
			cons.Files[0].Doubt = true
			ev := &recorder{}
			s.opts.Events = ev
			out, err := submit.Send(t.Context(), s.opts, cons)
			if err != nil || out.State != submit.Uploaded || out.Files[0].Reason != "listed" {
				t.Errorf("second: %v %q %+v", err, out.State, out.Files[0])
			}
			if len(s.Deliveries()) != 1 {
				t.Errorf("the site holds %d", len(s.Deliveries()))
			}
			if len(ev.began) != 0 || len(ev.ended) != 1 {
				t.Errorf("journal: began %v, ended %v", ev.began, ev.ended)
			}
		})
	}
}
