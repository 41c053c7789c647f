package crypt

import (
	"fmt"
	"io/fs"
	"slices"

	"iplos/internal/crypt/container"
	"iplos/internal/crypt/parts"
)

// besides is how many files a package has besides its parts.
const besides = 3

// packageOrder returns the names of a package with n parts, in the order a
// tar has them.
func packageOrder(n int) []string {
	var names []string
	for i := 1; i <= n; i++ {
		names = append(names, parts.Name(i))
	}
	return append(names, identityName, sumsName, manifestName)
}

// checkNames wants exactly the files of a package, and tells a file that does
// not belong from a part whose number is too high because another is gone.
func checkNames(entries []container.Entry) error {
	if err := missing(entries, packageOrder(0)); err != nil {
		return err
	}
	want := packageOrder(max(1, len(entries)-besides))
	for _, e := range entries {
		if !slices.Contains(want, e.Name) && !slices.Contains(packageOrder(9999), e.Name) {
			return &container.EntryError{Name: e.Name, Why: container.Foreign}
		}
	}
	return missing(entries, want)
}

// inPackage tells whether an entry of a folder is one that a package has.
func inPackage(e fs.DirEntry) bool {
	var n int
	_, _ = fmt.Sscanf(e.Name(), "part-%d.p7m", &n) // 0, which no part has, for another name
	return e.Type().IsRegular() && (slices.Contains(packageOrder(0), e.Name()) || n > 0 && e.Name() == parts.Name(n))
}

// missing returns an error about the first name that is not there.
func missing(entries []container.Entry, names []string) error {
	for _, name := range names {
		if !slices.ContainsFunc(entries, func(e container.Entry) bool { return e.Name == name }) {
			return &container.EntryError{Name: name, Why: container.Missing}
		}
	}
	return nil
}

// checkOrder wants a tar's files in the order they were written in: parts that
// changed places are refused before their sums are looked at.
func checkOrder(entries []container.Entry) error {
	for i, name := range packageOrder(len(entries) - besides) {
		if entries[i].Name != name {
			return &container.EntryError{Name: entries[i].Name, Why: container.Order}
		}
	}
	return nil
}
