package crypt

import (
	"slices"

	"iplos/internal/crypt/container"
	"iplos/internal/crypt/parts"
)

func partName(n int) string { return parts.Name(n) }

// packageOrder returns the names of a package with n parts, in the order a
// tar has them.
func packageOrder(n int) []string {
	var names []string
	for i := 1; i <= n; i++ {
		names = append(names, partName(i))
	}
	return append(names, identityName, sumsName, manifestName)
}

// checkNames wants exactly the files of a package. A folder lists them by
// name, a tar in its own order, which must be the one they were written in:
// parts that changed places are refused before their sums are looked at.
func checkNames(entries []container.Entry) error {
	fixed := 0
	for _, name := range []string{identityName, sumsName, manifestName} {
		if !slices.ContainsFunc(entries, func(e container.Entry) bool { return e.Name == name }) {
			return &container.EntryError{Name: name, Why: container.Missing}
		}
		fixed++
	}
	want := packageOrder(max(1, len(entries)-fixed))
	for _, e := range entries {
		if !slices.Contains(want, e.Name) {
			return foreignOrGap(entries, e.Name)
		}
	}
	for _, name := range want {
		if !slices.ContainsFunc(entries, func(e container.Entry) bool { return e.Name == name }) {
			return &container.EntryError{Name: name, Why: container.Missing}
		}
	}
	return nil
}

// foreignOrGap tells a file that does not belong from a part whose number is
// too high because another is gone.
func foreignOrGap(entries []container.Entry, name string) error {
	all := packageOrder(9999)
	if !slices.Contains(all, name) {
		return &container.EntryError{Name: name, Why: container.Foreign}
	}
	for _, part := range all {
		if !slices.ContainsFunc(entries, func(e container.Entry) bool { return e.Name == part }) {
			return &container.EntryError{Name: part, Why: container.Missing}
		}
	}
	return &container.EntryError{Name: name, Why: container.Foreign}
}

// checkOrder wants a tar's files in the order they were written in.
func checkOrder(entries []container.Entry) error {
	for i, name := range packageOrder(len(entries) - 3) {
		if entries[i].Name != name {
			return &container.EntryError{Name: entries[i].Name, Why: container.Order}
		}
	}
	return nil
}
