// Package ident reads Norwegian identity and organisation numbers: pure
// functions over bytes, without allocation, without regular expressions and
// without the time package, since they run for every row of a file.
//
// It also holds the detector that finds identity numbers in text, which
// guards logs and shareable reports.
//
// Sources: Skatteetaten on the number's structure and on the changes from
// 2032; ehelse.no on series and centuries; KITH on H-numbers; Norsk helsenett
// on FH-numbers; Statistics Norway's control programme on DUF-numbers;
// Brønnøysundregistrene on organisation numbers. The standard library is all
// it imports.
package ident
