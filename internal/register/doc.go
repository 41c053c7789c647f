// Package register holds the dated reference data a report is checked
// against: municipalities with their numbers year by year, districts, service
// codes and their organisation-number groups, function variables, the dates
// of a reporting campaign and the rule pack of a data year. All of it is
// embedded; nothing is fetched.
//
// Sources: municipality numbers 2013–2024 and the changes of 1 January 2018
// are Statistics Norway's classification 131 and its change list; successors
// in other years are found by name, where the name is unique among the
// numbers that ended and those that began the same day. Service codes are
// code system 9151 and the organisation-number rule of Helsedirektoratet's
// IPLOS questions and answers; function variables are code system 9111.
//
// The package imports the standard library only.
package register
