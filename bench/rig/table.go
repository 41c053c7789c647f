package rig

import "fmt"

// MB is how many million bytes there are in so many.
func MB(bytes int64) float64 { return float64(bytes) / 1e6 }

// Rates prints a table of speeds over so many bytes: pairs of a peer and what
// is compared with it. Both must have said the same of what they found.
func (b *Bench) Rates(title string, bytes int64, pairs ...*Program) error {
	b.RatesHead(title, "ratio (CPU)")
	for i, p := range pairs {
		ratio := ""
		if i%2 == 1 {
			peer := pairs[i-1]
			if peer.Said() != p.Said() {
				return fmt.Errorf("%s found %q, %s %q", peer.Name, peer.Said(), p.Name, p.Said())
			}
			ratio = fmt.Sprintf("%.2f", peer.CPU()/p.CPU())
		}
		b.Rate(p, bytes, ratio)
	}
	return nil
}

// RatesHead is the heading of such a table.
func (b *Bench) RatesHead(title, ratio string) {
	fmt.Fprintf(b.Out, "| %s | MB/s (wall) | MB/s (CPU) | peak MiB | %s |\n|---|---|---|---|---|\n", title, ratio)
}

// Rate prints one row of such a table.
func (b *Bench) Rate(p *Program, bytes int64, ratio string) {
	fmt.Fprintf(b.Out, "| %s | %.0f | %.0f | %.0f | %s |\n", p.Name, MB(bytes)/p.Wall(), MB(bytes)/p.CPU(), p.Peak(), ratio)
}

// Against prints seconds, memory and how much faster the first is than each
// of the others, after cells that all rows begin with.
func (b *Bench) Against(cells string, bytes int64, ours *Program, peers ...*Program) {
	row := func(p *Program, faster string) {
		fmt.Fprintf(b.Out, "|%s %s | %.2f | %.0f | %.2f | %.0f | %s |\n", cells, p.Name, p.Wall(), MB(bytes)/p.Wall(), p.CPU(), p.Peak(), faster)
	}
	row(ours, " | ")
	for _, p := range peers {
		row(p, fmt.Sprintf("**%.2f** | %.2f", p.Wall()/ours.Wall(), p.CPU()/ours.CPU()))
	}
}

// AgainstHead is the heading of such a table.
func (b *Bench) AgainstHead(columns string, count int) {
	fmt.Fprintf(b.Out, "|%s program | seconds | MB/s | CPU seconds | peak MiB | iplos is faster by | CPU |\n", columns)
	for range count + 7 {
		fmt.Fprint(b.Out, "|---")
	}
	fmt.Fprintln(b.Out, "|")
}
