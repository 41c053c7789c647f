// Package table reads tables: CSV files in a folder, a zip archive or a
// stream, and XLSX workbooks. A mapping profile, in YAML, says which table and
// column feed which field of which class.
//
// The package knows nothing of the message: who uses it says which classes
// and fields there are (see [Schema]), so that care-system exports and
// feedback files share the readers and the profile language.
package table
