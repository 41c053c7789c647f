package record

import "unicode/utf8"

// appendText appends character data, escaped. It returns false for text that
// XML cannot carry: not UTF-8, or with a control character.
func appendText(dst, text []byte) ([]byte, bool) {
	for _, c := range text {
		if charBits[c]&(textBit|valueBit) != 0 || c == '>' {
			return appendEscaped(dst, text, false)
		}
	}
	return append(dst, text...), true
}

// appendValue is appendText for an attribute value.
func appendValue(dst, text []byte) ([]byte, bool) {
	for _, c := range text {
		if charBits[c]&(textBit|valueBit) != 0 || c == '>' {
			return appendEscaped(dst, text, true)
		}
	}
	return append(dst, text...), true
}

func appendEscaped(dst, text []byte, value bool) ([]byte, bool) {
	high := false
	for _, c := range text {
		switch {
		case c == '&':
			dst = append(dst, "&amp;"...)
		case c == '<':
			dst = append(dst, "&lt;"...)
		case c == '>':
			dst = append(dst, "&gt;"...)
		case c == '\r':
			dst = append(dst, "&#13;"...)
		case c == '"' && value:
			dst = append(dst, "&quot;"...)
		case c == '\n' && value:
			dst = append(dst, "&#10;"...)
		case c == '\t' && value:
			dst = append(dst, "&#9;"...)
		case charBits[c]&badBit != 0:
			return dst, false
		default:
			high = high || c >= utf8.RuneSelf
			dst = append(dst, c)
		}
	}
	if high {
		at, _ := badUTF8(text)
		return dst, at < 0
	}
	return dst, true
}
