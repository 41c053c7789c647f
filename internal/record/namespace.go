package record

import "bytes"

// The namespace names that are bound by definition.
const (
	xmlNamespace   = "http://www.w3.org/XML/1998/namespace"
	xmlnsNamespace = "http://www.w3.org/2000/xmlns/"
	// xsiNamespace holds attributes any schema allows on any element.
	xsiNamespace = "http://www.w3.org/2001/XMLSchema-instance"
)

// binding is one namespace declaration in scope; its texts lie in
// namespaces.buf.
type binding struct {
	prefix, name, end int
	depth             int
}

// namespaces are the declarations in scope, innermost last.
type namespaces struct {
	bound []binding
	buf   []byte
	// byDefault is the default namespace, empty for none.
	byDefault []byte
	// deepest is the number of open elements at the innermost declaration,
	// that element included.
	deepest int
}

// declare binds a prefix (empty: the default) for the element at that depth,
// from 1.
func (n *namespaces) declare(prefix, name []byte, depth int) {
	b := binding{prefix: len(n.buf), depth: depth}
	n.buf = append(n.buf, prefix...)
	b.name = len(n.buf)
	n.buf = append(n.buf, name...)
	b.end = len(n.buf)
	n.bound = append(n.bound, b)
	n.deepest = depth
	if len(prefix) == 0 {
		n.byDefault = n.buf[b.name:b.end]
	}
}

// leave drops the declarations of elements deeper than depth.
func (n *namespaces) leave(depth int) {
	top, defaults := len(n.bound), false
	for top > 0 && n.bound[top-1].depth > depth {
		top--
		b := n.bound[top]
		defaults = defaults || b.prefix == b.name
		n.buf = n.buf[:b.prefix]
	}
	n.bound, n.deepest = n.bound[:top], 0
	if top > 0 {
		n.deepest = n.bound[top-1].depth
	}
	if defaults {
		n.byDefault, _ = n.find(nil)
	}
}

// find returns the namespace a prefix is bound to.
func (n *namespaces) find(prefix []byte) ([]byte, bool) {
	for i := len(n.bound) - 1; i >= 0; i-- {
		b := n.bound[i]
		if bytes.Equal(n.buf[b.prefix:b.name], prefix) {
			return n.buf[b.name:b.end], true
		}
	}
	if string(prefix) == "xml" {
		return []byte(xmlNamespace), true
	}
	return nil, false
}

// resolve takes the declarations of a start tag into scope and resolves the
// prefixes of the element and its attributes.
func (s *scanner) resolve() bool {
	declared, prefixed := false, false
	for i := range s.attrs {
		a := &s.attrs[i]
		if a.colon >= 0 {
			prefixed = true
		}
		if len(a.name) < 5 || string(a.name[:5]) != "xmlns" || (a.colon != 5 && len(a.name) != 5) {
			continue
		}
		a.isNS, declared = true, true
		if !s.declare(a) {
			return false
		}
	}
	if declared && (len(s.spaces.buf) > maxNamespaces || len(s.spaces.bound) > maxAttributes) {
		s.failAt(s.tok, codeAttributes, nil)
		return false
	}
	s.ns = s.spaces.byDefault
	if s.colon >= 0 {
		ns, ok := s.lookup(s.name[:s.colon], s.tok+1)
		if !ok {
			return false
		}
		s.ns = ns
	}
	return !prefixed || s.resolveAttributes()
}

func (s *scanner) declare(a *attribute) bool {
	var prefix []byte
	if a.colon >= 0 {
		prefix = a.name[a.colon+1:]
	}
	name := string(a.value)
	bad := string(prefix) == "xmlns" ||
		(string(prefix) == "xml") != (name == xmlNamespace) ||
		name == xmlnsNamespace ||
		(len(prefix) > 0 && name == "")
	if bad {
		s.failAt(a.at, codeNamespace, a.name)
		return false
	}
	s.spaces.declare(prefix, a.value, len(s.open)+1)
	return true
}

func (s *scanner) lookup(prefix []byte, at int) ([]byte, bool) {
	ns, ok := s.spaces.find(prefix)
	if !ok {
		s.failAt(at, codePrefix, prefix)
	}
	return ns, ok
}

// resolveAttributes checks that every prefix is bound and that no two
// attributes have the same expanded name.
func (s *scanner) resolveAttributes() bool {
	for i := range s.attrs {
		a := &s.attrs[i]
		if a.colon < 0 || a.isNS {
			continue
		}
		ns, ok := s.lookup(a.name[:a.colon], a.at)
		if !ok {
			return false
		}
		a.ns = ns
		for j := range s.attrs[:i] {
			o := &s.attrs[j]
			if o.colon < 0 || o.isNS {
				continue
			}
			if bytes.Equal(o.name[o.colon:], a.name[a.colon:]) && bytes.Equal(o.ns, ns) {
				s.failAt(a.at, codeAttrTwice, a.name)
				return false
			}
		}
	}
	return true
}
