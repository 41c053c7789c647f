package aeszip

// Limits bound what an archive may hold, by its own declarations and by the
// bytes that really come out.
type Limits struct {
	// TotalBytes is the most that all entries together may unpack to.
	TotalBytes int64
	// Entries is the most files and folders.
	Entries int
	// Ratio is the most a file may grow, and applies beyond RatioFloor
	// bytes: small files of zeros pack very well, and honestly.
	Ratio      int64
	RatioFloor int64
}

// DefaultLimits are far above any feedback a municipality gets and far below
// what would fill a disk.
func DefaultLimits() Limits {
	return Limits{TotalBytes: 10 << 30, Entries: 10_000, Ratio: 300, RatioFloor: 100 << 20}
}

// directoryBudget is how many bytes the central directory may take to read:
// archive/zip keeps all of it in memory before the entries can be counted.
// 700 bytes hold a header with the longest allowed name, stored twice, and
// the usual extra fields; 1 MiB leaves room for the search for its end. A limit
// beyond 2^32 is as good as none, and must not run over.
func (l Limits) directoryBudget() int64 { return 1<<20 + 700*min(int64(l.Entries), 1<<32) }
