package netcheck

// GuessZone says which zone the machine seems to be in, from the results of
// both targets: what answered over TCP counts, because a firewall decides
// there.
func GuessZone(results []*Result) Text {
	reached := map[Zone]bool{}
	checked := map[Zone]bool{}
	for _, r := range results {
		checked[r.Target.Zone] = true
		reached[r.Target.Zone] = reached[r.Target.Zone] || r.Step("tcp").OK
	}
	switch {
	case !checked[Secure] || !checked[Outside]:
		return text("netcheck.zone.unknown")
	case reached[Secure] && reached[Outside]:
		return text("netcheck.zone.both")
	case reached[Secure]:
		return text("netcheck.zone.secure")
	case reached[Outside]:
		return text("netcheck.zone.outside")
	default:
		return text("netcheck.zone.none")
	}
}
