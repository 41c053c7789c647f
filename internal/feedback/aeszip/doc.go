// Package aeszip opens zip archives encrypted with WinZip AES (AE-1 and AE-2,
// 128, 192 and 256 bits), as SSB's feedback is. The container is read by
// archive/zip; the AES layer is this package's own, because it authenticates
// the whole ciphertext of an entry before a byte of it is decrypted.
//
// An archive is hostile until shown otherwise: entry names, sizes and offsets
// are not authenticated by the format. [Open] refuses what does not belong in
// such an archive, before a password is asked for.
//
// Sources: WinZip's "AES Encryption Information: Encryption Specification
// AE-1 and AE-2", and PKWARE's APPNOTE.TXT 6.3.
package aeszip
