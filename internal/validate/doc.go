// Package validate checks the records of a message against the rule
// catalogue and yields findings. It is pure: records in, findings out, no
// files, no network, no clock.
//
// The rules are rows of a table, one file for each family. A rule finds one
// thing in each of its counting units, whatever else is wrong with the unit;
// a rule whose input is itself invalid stays silent, so that one defect gives
// one finding. Nothing stops at the first finding.
//
// Memory does not grow with the file, but for the sets of identities and row
// ids met, which are kept in a compact form.
package validate
