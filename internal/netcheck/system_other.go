//go:build !windows

package netcheck

import (
	"net"
	"os"
	"strings"
)

// hostsFile is where Unix keeps fixed names.
func hostsFile() string { return "/etc/hosts" }

// systemProxy has no system-wide place outside Windows: the environment is
// looked at apart.
func systemProxy() string { return "" }

// systemServers returns the machine's name servers.
func systemServers() []string {
	data, err := os.ReadFile("/etc/resolv.conf")
	if err != nil {
		return nil
	}
	var servers []string
	for line := range strings.Lines(string(data)) {
		f := strings.Fields(line)
		if len(f) >= 2 && f[0] == "nameserver" {
			servers = append(servers, net.JoinHostPort(f[1], "53"))
		}
	}
	return servers
}
