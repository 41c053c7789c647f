// Package extract turns what a care system exports into the persons of an
// IPLOS message: a stream of records with an account of what was taken, left
// out and changed.
//
// A message is passed on as it is. Tables (CSV files in a folder or an
// archive, an XLSX workbook) go through a mapping profile; their rows are
// joined by person, whatever order they come in, and kept when they belong to
// the data year.
package extract
