package sendemodul

import (
	"crypto/rand"

	"iplos/internal/ui/lang"
)

// variant is one page set: the same site in another dress.
type variant struct {
	name string
	lang lang.Lang
	// fields are the names of municipality, district, organisation number
	// and PIN; ids go with labels.
	fields, ids [4]string
	style       string // how a field is labelled: for, wrap, aria, placeholder
	file        string
	multiple    bool
	menu        bool // the upload form is one link further
	// loginButton and uploadButton are the buttons' names.
	loginButton, uploadButton string
	logoutButton              string // empty: log out by a link
	loginPath, uploadPath     string
	token, viewState          string // hidden fields that must come back
	extra                     []hidden
	cookie                    string
	redirect                  bool // the confirmation stands at an address of its own
}

type hidden struct{ Name, ID, Value string }

// variants is the table of page sets; the first is the ordinary one.
func variants() []variant {
	plain := variant{
		name: "plain", lang: lang.Bokmal, style: "for",
		fields: [4]string{"komnr", "bydel", "orgnr", "pin"}, ids: [4]string{"komnr", "bydel", "orgnr", "pin"},
		file: "fil", loginButton: "logginn", uploadButton: "sendfil",
		loginPath: "logginn", uploadPath: "send", token: "_token", cookie: "SENDEMODUL",
	}
	link, multiple, nynorsk, english, placeholder := plain, plain, plain, plain, plain
	link.name, link.menu = "link", true
	multiple.name, multiple.multiple, multiple.file = "multiple", true, "filer"
	nynorsk.name, nynorsk.lang, nynorsk.style = "nynorsk", lang.Nynorsk, "wrap"
	nynorsk.fields = [4]string{"felt1", "felt2", "felt3", "felt4"}
	nynorsk.file, nynorsk.redirect = "vedlegg", true
	english.name, english.lang, english.style = "english", lang.English, "aria"
	english.fields, english.file, english.menu = [4]string{"f_1", "f_2", "f_3", "f_4"}, "upload", true
	placeholder.name, placeholder.style = "placeholder", "placeholder"
	placeholder.fields = [4]string{"a", "b", "c", "d"}
	return []variant{plain, aspnet(plain), jsf(plain), link, multiple, nynorsk, english, placeholder}
}

func aspnet(v variant) variant {
	const name, id = "ctl00$ContentPlaceHolder1$", "ctl00_ContentPlaceHolder1_"
	v.name = "aspnet"
	for i, f := range []string{"txtKommunenr", "txtBydelsnr", "txtOrgnr", "txtPinkode"} {
		v.fields[i], v.ids[i] = name+f, id+f
	}
	v.file, v.loginButton, v.uploadButton = name+"FileUpload1", name+"btnLogin", name+"btnSend"
	v.logoutButton = "ctl00$lnkLogout"
	v.loginPath, v.uploadPath = "Default.aspx", "Send.aspx"
	v.token, v.viewState, v.cookie = "__RequestVerificationToken", "__VIEWSTATE", "ASP.NET_SessionId"
	v.extra = []hidden{
		{"__EVENTTARGET", "__EVENTTARGET", ""},
		{"__EVENTARGUMENT", "__EVENTARGUMENT", ""},
		{"__VIEWSTATEGENERATOR", "__VIEWSTATEGENERATOR", "CA0B0334"},
	}
	return v
}

func jsf(v variant) variant {
	v.name = "jsf"
	for i, f := range []string{"kommunenummer", "bydelsnummer", "organisasjonsnummer", "pinkode"} {
		v.fields[i], v.ids[i] = "j_idt12:"+f, "j_idt12:"+f
	}
	v.file, v.loginButton, v.uploadButton = "j_idt12:fil", "j_idt12:j_idt20", "j_idt12:j_idt24"
	v.logoutButton = "j_idt8:j_idt9"
	v.loginPath, v.uploadPath = "faces/login.xhtml", "faces/send.xhtml"
	v.token, v.viewState, v.cookie = "", "javax.faces.ViewState", "JSESSIONID"
	v.extra = []hidden{{"j_idt12", "", "j_idt12"}}
	v.redirect = true
	return v
}

// Variants returns the names of the page sets, the ordinary one first.
func Variants() []string {
	var names []string
	for _, v := range variants() {
		names = append(names, v.name)
	}
	return names
}

func findVariant(name string) (variant, bool) {
	if name == "" {
		name = variants()[0].name
	}
	for _, v := range variants() {
		if v.name == name {
			return v, true
		}
	}
	return variant{}, false
}

// random draws a text of 26 letters and digits, 130 bits.
func random() string { return rand.Text() }
