package filsluse

import "iplos/internal/sandbox/scenario"

// What can be otherwise than in the ordinary case, by group: accounts,
// tokens, lists, downloads, deletion, names, the whole service.
const (
	NoHome       scenario.Name = "feedback-no-home"
	MFAEmail     scenario.Name = "feedback-mfa-email"
	MFAApp       scenario.Name = "feedback-mfa-app"
	MFASetup     scenario.Name = "feedback-mfa-setup"
	MustChange   scenario.Name = "feedback-must-change"
	ChangeSoon   scenario.Name = "feedback-change-soon"
	Notice       scenario.Name = "feedback-notice"
	Locked       scenario.Name = "feedback-locked"
	NotPermitted scenario.Name = "feedback-not-permitted"

	ShortToken  scenario.Name = "feedback-short-token"
	DeadRefresh scenario.Name = "feedback-dead-refresh"
	DeadToken   scenario.Name = "feedback-dead-token"

	Files         scenario.Name = "feedback-files"
	EmptyPages    scenario.Name = "feedback-empty-pages"
	FileAppears   scenario.Name = "feedback-file-appears"
	FileVanishes  scenario.Name = "feedback-file-vanishes"
	UnknownFields scenario.Name = "feedback-unknown-fields"
	NullStamps    scenario.Name = "feedback-null-stamps"
	LongIDs       scenario.Name = "feedback-long-ids"
	ZeroIDs       scenario.Name = "feedback-zero-ids"

	DownloadCut   scenario.Name = "feedback-download-cut"
	Chunked       scenario.Name = "feedback-chunked"
	Gzip          scenario.Name = "feedback-gzip"
	WrongBytes    scenario.Name = "feedback-wrong-bytes"
	NoHash        scenario.Name = "feedback-no-hash"
	HashUpper     scenario.Name = "feedback-hash-upper"
	HashBase64    scenario.Name = "feedback-hash-base64"
	Digest        scenario.Name = "feedback-digest"
	DigestWrong   scenario.Name = "feedback-digest-wrong"
	DownloadHTML  scenario.Name = "feedback-download-html"
	RedirectSame  scenario.Name = "feedback-redirect-same"
	RedirectHost  scenario.Name = "feedback-redirect-host"
	RedirectPlain scenario.Name = "feedback-redirect-http"
	Stall         scenario.Name = "feedback-stall"
	DLP           scenario.Name = "feedback-dlp"

	Delete403 scenario.Name = "feedback-delete-403"
	Delete404 scenario.Name = "feedback-delete-404"
	Delete405 scenario.Name = "feedback-delete-405"
	Delete500 scenario.Name = "feedback-delete-500"
	DeleteCut scenario.Name = "feedback-delete-cut"

	HostileNames scenario.Name = "feedback-names"

	APIOff      scenario.Name = "feedback-api-off"
	Unavailable scenario.Name = "feedback-unavailable"
)

// Scenarios is the table of them.
func Scenarios() []scenario.Kind {
	return []scenario.Kind{
		{Name: NoHome, Text: "sandbox.scenario.feedback-no-home"},
		{Name: MFAEmail, Text: "sandbox.scenario.feedback-mfa-email"},
		{Name: MFAApp, Text: "sandbox.scenario.feedback-mfa-app"},
		{Name: MFASetup, Text: "sandbox.scenario.feedback-mfa-setup"},
		{Name: MustChange, Text: "sandbox.scenario.feedback-must-change"},
		{Name: ChangeSoon, Text: "sandbox.scenario.feedback-change-soon"},
		{Name: Notice, Text: "sandbox.scenario.feedback-notice"},
		{Name: Locked, Text: "sandbox.scenario.feedback-locked"},
		{Name: NotPermitted, Text: "sandbox.scenario.feedback-not-permitted"},
		{Name: ShortToken, Text: "sandbox.scenario.feedback-short-token", Default: 2},
		{Name: DeadRefresh, Text: "sandbox.scenario.feedback-dead-refresh"},
		{Name: DeadToken, Text: "sandbox.scenario.feedback-dead-token"},
		{Name: Files, Text: "sandbox.scenario.feedback-files", Default: 26},
		{Name: EmptyPages, Text: "sandbox.scenario.feedback-empty-pages"},
		{Name: FileAppears, Text: "sandbox.scenario.feedback-file-appears", Times: 1},
		{Name: FileVanishes, Text: "sandbox.scenario.feedback-file-vanishes", Times: 1},
		{Name: UnknownFields, Text: "sandbox.scenario.feedback-unknown-fields"},
		{Name: NullStamps, Text: "sandbox.scenario.feedback-null-stamps"},
		{Name: LongIDs, Text: "sandbox.scenario.feedback-long-ids"},
		{Name: ZeroIDs, Text: "sandbox.scenario.feedback-zero-ids"},
		{Name: DownloadCut, Text: "sandbox.scenario.feedback-download-cut", Default: 100},
		{Name: Chunked, Text: "sandbox.scenario.feedback-chunked"},
		{Name: Gzip, Text: "sandbox.scenario.feedback-gzip"},
		{Name: WrongBytes, Text: "sandbox.scenario.feedback-wrong-bytes"},
		{Name: NoHash, Text: "sandbox.scenario.feedback-no-hash"},
		{Name: HashUpper, Text: "sandbox.scenario.feedback-hash-upper"},
		{Name: HashBase64, Text: "sandbox.scenario.feedback-hash-base64"},
		{Name: Digest, Text: "sandbox.scenario.feedback-digest"},
		{Name: DigestWrong, Text: "sandbox.scenario.feedback-digest-wrong"},
		{Name: DownloadHTML, Text: "sandbox.scenario.feedback-download-html"},
		{Name: RedirectSame, Text: "sandbox.scenario.feedback-redirect-same"},
		{Name: RedirectHost, Text: "sandbox.scenario.feedback-redirect-host"},
		{Name: RedirectPlain, Text: "sandbox.scenario.feedback-redirect-http"},
		{Name: Stall, Text: "sandbox.scenario.feedback-stall", Default: 100},
		{Name: DLP, Text: "sandbox.scenario.feedback-dlp"},
		{Name: Delete403, Text: "sandbox.scenario.feedback-delete-403"},
		{Name: Delete404, Text: "sandbox.scenario.feedback-delete-404"},
		{Name: Delete405, Text: "sandbox.scenario.feedback-delete-405"},
		{Name: Delete500, Text: "sandbox.scenario.feedback-delete-500", Times: 1},
		{Name: DeleteCut, Text: "sandbox.scenario.feedback-delete-cut"},
		{Name: HostileNames, Text: "sandbox.scenario.feedback-names"},
		{Name: APIOff, Text: "sandbox.scenario.feedback-api-off"},
		{Name: Unavailable, Text: "sandbox.scenario.feedback-unavailable"},
	}
}
