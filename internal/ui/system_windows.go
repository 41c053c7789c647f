package ui

import "golang.org/x/sys/windows"

// SystemLanguage returns the language the user has chosen for Windows.
func SystemLanguage() string {
	names, err := windows.GetUserPreferredUILanguages(windows.MUI_LANGUAGE_NAME)
	if err != nil || len(names) == 0 {
		return ""
	}
	return names[0]
}
