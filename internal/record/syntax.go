package record

import "fmt"

// SyntaxError is why the input cannot be read as a message: it is not
// well-formed, breaks the subset of XML this package reads, or passes one of
// its limits. Reading stops there.
type SyntaxError struct {
	// Code names the fault ("end-tag", "encoding", "truncated"), one of
	// [SyntaxCodes]; each has a text in the language catalogue under
	// "xml.<code>" and what to do under "xml.<code>.hint".
	Code string
	// Name is the element, attribute, entity or encoding concerned, if any;
	// for "end-tag" the element that should end there, or with nothing open
	// the one that ends. At most 64 bytes.
	Name string
	// Line and Column are where the fault stands, from 1; Column counts
	// characters. Offset is the byte offset in the decoded UTF-8 text.
	Line, Column int
	Offset       int64
}

// Error returns the position and the code, for developers.
func (e *SyntaxError) Error() string {
	if e.Name != "" {
		return fmt.Sprintf("line %d, column %d: %s %q", e.Line, e.Column, e.Code, e.Name)
	}
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Code)
}

// VersionError is a well-formed document that is no message this program
// knows: another root element, or an unknown versjon or namespace.
type VersionError struct {
	// Root, Versjon and Namespace are what was found, each cut to 64 bytes;
	// HasVersjon tells an empty versjon from none.
	Root, Versjon, Namespace string
	HasVersjon               bool
	// Line and Column are where the root element starts, from 1.
	Line, Column int
}

// Error returns the position and what was found, for developers.
func (e *VersionError) Error() string {
	return fmt.Sprintf("line %d, column %d: unknown message %q versjon %q namespace %q",
		e.Line, e.Column, e.Root, e.Versjon, e.Namespace)
}

// The codes of SyntaxError.
const (
	codeEmpty           = "empty"
	codeNotXML          = "not-xml"
	codeNoRoot          = "no-root"
	codeTruncated       = "truncated"
	codeEncoding        = "encoding"
	codeEncodingName    = "encoding-name"
	codeControl         = "control"
	codeDeclaration     = "declaration"
	codeLateDeclaration = "late-declaration"
	codeXMLVersion      = "xml-version"
	codeDoctype         = "doctype"
	codeMarkup          = "markup"
	codeComment         = "comment"
	codePI              = "instruction"
	codeName            = "name"
	codeTag             = "tag"
	codeEndTag          = "end-tag"
	codeSecondRoot      = "second-root"
	codeAfterRoot       = "after-root"
	codeAttrValue       = "attribute-value"
	codeAttrSpace       = "attribute-space"
	codeAttrTwice       = "attribute-twice"
	codeAttrLess        = "attribute-less"
	codePrefix          = "prefix"
	codeNamespace       = "namespace"
	codeReference       = "reference"
	codeEntity          = "entity"
	codeCharRef         = "character-reference"
	codeCDATAEnd        = "cdata-end"
	codeTokenSize       = "token-size"
	codeDepth           = "depth"
	codeAttributes      = "attributes"
	codePersonSize      = "person-size"
)

// SyntaxCodes lists every Code a SyntaxError can have.
func SyntaxCodes() []string {
	return []string{
		codeEmpty, codeNotXML, codeNoRoot, codeTruncated,
		codeEncoding, codeEncodingName, codeControl,
		codeDeclaration, codeLateDeclaration, codeXMLVersion, codeDoctype, codeMarkup, codeComment, codePI,
		codeName, codeTag, codeEndTag, codeSecondRoot, codeAfterRoot,
		codeAttrValue, codeAttrSpace, codeAttrTwice, codeAttrLess,
		codePrefix, codeNamespace, codeReference, codeEntity, codeCharRef, codeCDATAEnd,
		codeTokenSize, codeDepth, codeAttributes, codePersonSize,
	}
}
