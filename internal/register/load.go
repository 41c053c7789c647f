package register

import (
	"embed"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

//go:embed data/*.csv
var files embed.FS

// tables is everything, parsed once on first use: about 1,300 short lines.
//
//nolint:gochecknoglobals // read-only after the first call
var tables = sync.OnceValue(load)

type data struct {
	municipalities []Municipality
	byNumber       map[string][]int // indexes into municipalities
	successors     map[string][]change
	predecessors   map[string][]change
	names          [][]string // names of one place, the first as the tables have it
	districts      map[string][]District
	services       []Service
	functions      []Function
	packs          []packRow
	campaigns      []campaignRow
}

type change struct {
	day    Day
	number string
}

func load() *data {
	d := &data{
		byNumber:     map[string][]int{},
		successors:   map[string][]change{},
		predecessors: map[string][]change{},
		districts:    map[string][]District{},
	}
	for f := range lines("municipalities", 4) {
		d.byNumber[f[0]] = append(d.byNumber[f[0]], len(d.municipalities))
		d.municipalities = append(d.municipalities, Municipality{
			Number: f[0], Name: f[1], valid: span{day(f[2], 0), day(f[3], forever)},
		})
	}
	for f := range lines("changes", 4) {
		on := day(f[0], 0)
		d.successors[f[1]] = append(d.successors[f[1]], change{on, f[2]})
		d.predecessors[f[2]] = append(d.predecessors[f[2]], change{on, f[1]})
	}
	for f := range lines("names", 2) {
		d.names = append(d.names, append([]string{f[0]}, strings.Split(f[1], ",")...))
	}
	for f := range lines("districts", 5) {
		d.districts[f[0]] = append(d.districts[f[0]], District{
			Municipality: f[0], Number: f[1], Name: f[2], valid: span{day(f[3], 0), day(f[4], forever)},
		})
	}
	d.loadCodes()
	d.loadYears()
	return d
}

func (d *data) loadCodes() {
	for f := range lines("services", 6) {
		d.services = append(d.services, Service{
			Code: number(f[0], 0), FirstYear: number(f[1], 0), LastYear: number(f[2], 9999),
			Group: Group(f[3]), Certain: f[4] == "yes", Hours: f[5] == "yes",
		})
	}
	for f := range lines("functions", 3) {
		d.functions = append(d.functions, Function{
			Code: number(f[0], 0), FirstYear: number(f[1], 0), Mandatory: f[2] == "yes",
		})
	}
}

// loadYears reads what holds for a range of data years; the first row that
// fits a year counts.
func (d *data) loadYears() {
	for f := range lines("packs", 8) {
		d.packs = append(d.packs, packRow{
			years: years{number(f[0], 0), number(f[1], 9999)}, revision: number(f[2], 0),
			maxHoursWeek: number(f[3], 0), firstServiceYear: number(f[4], 0), longStay: number(f[5], 0),
			statChangePercent: number(f[6], 0), ageSlackYears: number(f[7], 0),
		})
	}
	for f := range lines("campaigns", 10) {
		d.campaigns = append(d.campaigns, campaignRow{
			years: years{number(f[0], 0), number(f[1], 9999)}, published: f[2] == "yes", keyFrom: number(f[3], 0),
			windowFrom: number(f[4], 0), windowTo: number(f[5], 0), feedbackWeek: number(f[6], 0),
			figuresOn: number(f[7], 0), correctionsBy: number(f[8], 0), correctedOn: number(f[9], 0),
		})
	}
}

// years is a range of data years, both ends included.
type years struct{ first, last int }

func (y years) cover(year int) bool { return y.first <= year && year <= y.last }

// lines yields the rows of an embedded table. The tables are part of the
// program and proved by its tests: a fault in one is a bug.
func lines(table string, columns int) func(yield func([]string) bool) {
	return func(yield func([]string) bool) {
		text, err := files.ReadFile("data/" + table + ".csv")
		if err != nil {
			panic(fmt.Sprintf("register: reading table %s: %v", table, err))
		}
		_, rest, _ := strings.Cut(string(text), "\n")
		for line := range strings.Lines(rest) {
			f := strings.Split(strings.TrimSuffix(line, "\n"), ";")
			if len(f) != columns {
				panic(fmt.Sprintf("register: table %s: %d columns in %q", table, len(f), line))
			}
			if !yield(f) {
				return
			}
		}
	}
}

func day(text string, empty Day) Day { return Day(number(text, int(empty))) }

func number(text string, empty int) int {
	if text == "" {
		return empty
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		panic(fmt.Sprintf("register: %q is no number", text))
	}
	return n
}
