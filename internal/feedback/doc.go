// Package feedback brings SSB's feedback home from Filsluse and opens it.
//
// The two halves need not run on the same machine: [Pull] works outside the
// secure zone, sees ciphertext only and never needs the feedback password;
// [Open] works inside it without network. Between them the archive travels
// with a small manifest that says what was fetched.
//
// What is inside is not public. [Learn] reads error lists by a mapping
// profile, as an export is read, and matches them with what validation found
// before sending; it claims nothing about how SSB's lists look.
package feedback
