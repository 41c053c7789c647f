package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

const (
	formatText = "text"
	formatJSON = "json"
)

// failure is the `error` object of a JSON answer.
type failure struct {
	Code int    `json:"code"`
	Kind string `json:"kind"`
	// ID tells failures of one kind apart, whatever the language.
	ID      string `json:"id"`
	Message string `json:"message"`
	Hint    string `json:"hint"`
}

func (a *app) failure(err error) *failure {
	if err == nil {
		return nil
	}
	err = a.ending(err)
	f := asFault(err)
	return &failure{exitCode(err), string(f.Kind), f.ID, a.T(f.ID, f.Args...), a.T(f.ID+".hint", f.Args...)}
}

// answer gives a command's result: the value as JSON, or the text. With an
// error both say what is known; the error follows by itself in text.
func (a *app) answer(value any, text func(), err error) error {
	if a.global.format == formatJSON {
		a.writeJSON(value, err)
		return err
	}
	if text != nil {
		text()
	}
	return err
}

// writeJSON writes the one JSON object of a run, with the error beside what
// is known.
func (a *app) writeJSON(value any, err error) {
	a.answered = true
	object := []byte("{}")
	if value != nil {
		var buf bytes.Buffer
		enc := json.NewEncoder(&buf)
		enc.SetEscapeHTML(false)
		if encErr := enc.Encode(value); encErr == nil && buf.Bytes()[0] == '{' {
			object = bytes.TrimSpace(buf.Bytes())
		}
	}
	if f := a.failure(err); f != nil {
		text, _ := json.Marshal(f) // strings and a number always marshal
		comma := ","
		if len(object) == 2 {
			comma = ""
		}
		object = fmt.Appendf(object[:len(object)-1], "%s%q:%s}", comma, "error", text)
	}
	fmt.Fprintln(a.Out(), string(object))
}

// table is a table of words for standard output, shown when it is flushed.
type table struct {
	*tabwriter.Writer
	text *strings.Builder
	to   io.Writer
}

func (a *app) table() table {
	var b strings.Builder
	return table{tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0), &b, a.OutText()}
}

// Flush shows the table; its lines are whole before they meet the window.
func (t table) Flush() error {
	if err := t.Writer.Flush(); err != nil {
		return err
	}
	_, err := io.WriteString(t.to, t.text.String())
	return err
}
