package netcheck

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

// hostsFile is where Windows keeps fixed names.
func hostsFile() string {
	return filepath.Join(os.Getenv("SystemRoot"), "System32", "drivers", "etc", "hosts")
}

// systemProxy returns the proxy of the user's Internet settings, "" for none.
func systemProxy() string {
	key, err := registry.OpenKey(registry.CURRENT_USER,
		`Software\Microsoft\Windows\CurrentVersion\Internet Settings`, registry.QUERY_VALUE)
	if err != nil {
		return ""
	}
	defer key.Close() //nolint:errcheck // only read
	if script, _, err := key.GetStringValue("AutoConfigURL"); err == nil && script != "" {
		return script
	}
	if on, _, err := key.GetIntegerValue("ProxyEnable"); err != nil || on == 0 {
		return ""
	}
	server, _, err := key.GetStringValue("ProxyServer")
	if err != nil {
		return ""
	}
	return server
}

// systemServers returns the machine's name servers.
func systemServers() []string {
	size := uint32(16 << 10)
	for range 3 {
		buf := make([]byte, size)
		first := (*windows.IpAdapterAddresses)(unsafe.Pointer(&buf[0]))
		err := windows.GetAdaptersAddresses(syscall.AF_UNSPEC, windows.GAA_FLAG_SKIP_ANYCAST|windows.GAA_FLAG_SKIP_MULTICAST, 0, first, &size)
		if err == windows.ERROR_BUFFER_OVERFLOW { //nolint:errorlint // an errno as it is
			continue
		}
		if err != nil {
			return nil
		}
		return adapterServers(first)
	}
	return nil
}

func adapterServers(first *windows.IpAdapterAddresses) []string {
	var servers []string
	for a := first; a != nil; a = a.Next {
		if a.OperStatus != windows.IfOperStatusUp {
			continue
		}
		for d := a.FirstDnsServerAddress; d != nil; d = d.Next {
			ip := d.Address.IP()
			// fec0:… are placeholders Windows lists when it knows none.
			if ip == nil || strings.HasPrefix(ip.String(), "fec0:") {
				continue
			}
			servers = append(servers, net.JoinHostPort(ip.String(), "53"))
		}
	}
	return servers
}
