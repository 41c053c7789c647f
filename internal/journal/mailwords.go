package journal

// What SSB's receipt says is not public, and neither is what it says when
// something is wrong. These lists only decide when a person has to read the
// e-mail: a word too many costs a question, one too few may take a refusal
// for a receipt. A word that ends in * stands for all that begin so.

// refusing are words of an e-mail that says no.
func refusing() []string {
	return []string{
		// bokmål and nynorsk
		"avvis*", "avslått", "avslag", "forkast*", "feil", "feila", "feilet", "feilen", "feilene", "feilmelding*", "feilkode*",
		"kan ikke", "kan ikkje", "kunne ikke", "kunne ikkje", "lot seg ikke", "let seg ikkje",
		"mangel", "mangl*", "mislyk*", "mislukk*", "stans*", "stopp*", "ugyldig*", "ukjent", "ukjend", "uleselig*", "uleseleg*", "ødelagt", "øydelagd",
		"på nytt", "på ny", "en gang til", "ein gong til",
		// English
		"again", "cannot", "can not", "corrupt*", "could not", "denied", "error*", "fail*", "invalid*", "missing", "no data", "no file", "refus*", "reject*", "resubmit*", "unable", "unreadable", "wrong",
	}
}

// harmless are words of refusing where they refuse nothing: what SSB calls
// its lists, that there is nothing wrong, and that nobody reads answers.
func harmless() []string {
	return []string{
		"ingen feil", "uten feil", "utan feil", "0 feil", "ingen mangler", "ingen manglar", "0 mangler", "0 manglar",
		"kan ikke besvares", "kan ikkje svarast på", "kan ikke svares på",
		"error list", "error lists", "error report", "error reports", "no errors", "without errors", "0 errors", "nothing missing",
		"cannot be answered", "cannot be replied to", "can not be replied to",
	}
}

// denying are words that turn round one of the arriving words within the next
// few words.
func denying() []string {
	return []string{"ikke", "ikkje", "ingen", "ingenting", "aldri", "not", "never", "nothing"}
}

func arriving() []string {
	return []string{
		"mottat*", "mottek*", "mottok", "motta", "kommet", "kome", "komen*", "fram", "frem", "lest*", "lese*", "lesa*", "åpne*", "opne*", "opna*",
		"godkjen*", "registrer*", "lever*", "behandl*", "gyldig*",
		"accept*", "approv*", "arriv*", "open*", "process*", "read", "receiv*", "register*", "deliver*", "valid*",
	}
}

// denyingReach is how many words after a denying one an arriving one may be:
// "har ikke ennå blitt mottatt".
const denyingReach = 4
