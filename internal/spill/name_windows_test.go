package spill

import "testing"

// On Windows the file has its name until it is closed.
func checkEmpty(*testing.T, string) {}
