//go:build !windows

package ui

// SystemLanguage returns "": the environment's locale says it all here.
func SystemLanguage() string { return "" }
