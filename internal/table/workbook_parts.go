package table

import (
	"encoding/xml"
	"path"
	"strings"

	"github.com/xuri/excelize/v2"
)

// sheetParts returns each sheet's XML by the sheet's name. The library keeps
// the parts in memory and the way from name to part to itself, so that it is
// followed here once more.
func sheetParts(book *excelize.File) map[string][]byte {
	var list struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
			ID2  string `xml:"http://purl.oclc.org/ooxml/officeDocument/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	var rels struct {
		Relations []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	parts := map[string][]byte{}
	if xml.Unmarshal(part(book, "xl/workbook.xml"), &list) != nil ||
		xml.Unmarshal(part(book, "xl/_rels/workbook.xml.rels"), &rels) != nil {
		return parts
	}
	targets := map[string]string{}
	for _, r := range rels.Relations {
		targets[r.ID] = r.Target
	}
	for _, s := range list.Sheets {
		target := targets[s.ID+s.ID2]
		name := path.Join("xl", target)
		if rooted, ok := strings.CutPrefix(target, "/"); ok {
			name = rooted
		}
		parts[s.Name] = part(book, name)
	}
	return parts
}

func part(book *excelize.File, name string) []byte {
	v, _ := book.Pkg.Load(name)
	b, _ := v.([]byte)
	return b
}
