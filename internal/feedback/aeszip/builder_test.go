package aeszip

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/aes"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha1"
	"encoding/binary"
	"hash/crc32"
	"testing"
)

const password = "Sommer2018"

// part is one entry of an archive that a test builds byte by byte, so that
// every field can lie. The zero value of a knob is the honest value.
type part struct {
	name     string
	data     []byte
	password string
	method   uint16 // the real one; zip.Store by default
	version  uint16 // 2 by default
	strength byte   // 3 by default

	plain       bool   // no encryption
	flags       uint16 // added to the flags
	host        uint16
	attrs       uint32
	extra       []byte // added after the AES field, in both headers
	noAES       bool   // leaves the AES field out
	aesField    []byte // instead of the honest one, in both headers
	localAES    []byte // instead of the honest one, in the local header
	zip64       bool   // sizes and offset stand in Zip64 fields only
	rawMethod   uint16 // instead of 99
	localName   string
	crc         uint32
	size        func(uint64) uint64 // changes the declared size
	packed      func(uint64) uint64 // changes the declared compressed size
	offset      func(uint64) uint64 // changes the local header's offset
	body        func([]byte) []byte // changes the compressed bytes before encryption
	localFlags  uint16
	localMethod uint16
}

func (p part) withDefaults() part {
	if p.password == "" {
		p.password = password
	}
	if p.version == 0 {
		p.version = 2
	}
	if p.strength == 0 {
		p.strength = 3
	}
	if p.localName == "" {
		p.localName = p.name
	}
	if p.localAES == nil {
		p.localAES = p.aesField
	}
	return p
}

// compress packs the data by the part's method.
func (p part) compress(t testing.TB) []byte {
	t.Helper()
	out := p.data
	if p.method == zip.Deflate {
		var b bytes.Buffer
		w, err := flate.NewWriter(&b, flate.BestSpeed)
		if err != nil {
			t.Fatal(err)
		}
		w.Write(p.data)
		w.Close()
		out = b.Bytes()
	}
	if p.body != nil {
		out = p.body(bytes.Clone(out))
	}
	return out
}

// keysCache spares the tests with 10,000 entries the derivation.
type keysCache map[string][]byte

// encrypt is a second implementation of the format, with the counter as
// bytes that carry: it shares nothing with the one under test.
func (p part) encrypt(t testing.TB, packed []byte, cache keysCache) []byte {
	t.Helper()
	n := 8 + 8*int(p.strength)
	salt := bytes.Repeat([]byte{0x5a}, n/2)
	id := p.password + string(rune(p.strength))
	k := cache[id]
	if k == nil {
		var err error
		if k, err = pbkdf2.Key(sha1.New, p.password, salt, 1000, 2*n+2); err != nil {
			t.Fatal(err)
		}
		cache[id] = k
	}
	block, err := aes.NewCipher(k[:n])
	if err != nil {
		t.Fatal(err)
	}
	cipher := make([]byte, len(packed))
	var counter [16]byte
	for i := 0; i < len(packed); i += 16 {
		for j := range counter {
			if counter[j]++; counter[j] != 0 {
				break
			}
		}
		var stream [16]byte
		block.Encrypt(stream[:], counter[:])
		for j := i; j < min(i+16, len(packed)); j++ {
			cipher[j] = packed[j] ^ stream[j-i]
		}
	}
	mac := hmac.New(sha1.New, k[n:2*n])
	mac.Write(cipher)
	out := append(bytes.Clone(salt), k[2*n:]...)
	out = append(out, cipher...)
	return append(out, mac.Sum(nil)[:10]...)
}

// fields are a header's extra fields, the AES field the honest one or what
// stands for it.
func (p part) fields(aes []byte) []byte {
	if p.plain || p.noAES {
		return bytes.Clone(p.extra)
	}
	f := []byte{0x01, 0x99, 7, 0, byte(p.version), byte(p.version >> 8), 'A', 'E', p.strength, byte(p.method), byte(p.method >> 8)}
	if aes != nil {
		f = bytes.Clone(aes)
	}
	return append(f, p.extra...)
}

// build writes an archive of the parts.
func build(t testing.TB, parts ...part) []byte {
	t.Helper()
	var out, dir bytes.Buffer
	cache := keysCache{}
	wide := false
	for _, p := range parts {
		p = p.withDefaults()
		p.write(t, &out, &dir, cache)
		wide = wide || p.zip64
	}
	if wide {
		return finish64(out.Bytes(), dir.Bytes(), len(parts))
	}
	return finish(out.Bytes(), dir.Bytes(), len(parts))
}

// write adds the part's local header and body to out, and its record to dir.
func (p part) write(t testing.TB, out, dir *bytes.Buffer, cache keysCache) {
	t.Helper()
	offset := uint64(out.Len())
	if p.offset != nil {
		offset = p.offset(offset)
	}
	body, method, flags := p.data, p.method, p.flags
	if !p.plain {
		body, method, flags = p.encrypt(t, p.compress(t), cache), methodAES, flags|1
	}
	if p.rawMethod != 0 {
		method = p.rawMethod
	}
	crc := p.crc
	if crc == 0 && (p.version == 1 || p.plain) {
		crc = crc32.ChecksumIEEE(p.data)
	}
	size, packed := uint64(len(p.data)), uint64(len(body))
	if p.size != nil {
		size = p.size(size)
	}
	if p.packed != nil {
		packed = p.packed(packed)
	}
	le := binary.LittleEndian
	head := le.AppendUint16(nil, 51)
	head = le.AppendUint16(head, flags)
	head = le.AppendUint16(head, method)
	head = append(head, 0, 0, 0x21, 0)
	head = le.AppendUint32(head, crc)
	head = le.AppendUint32(head, uint32(packed))
	head = le.AppendUint32(head, uint32(size))
	local, localFields := bytes.Clone(head), p.fields(p.localAES)
	fields := p.fields(p.aesField)
	if p.zip64 {
		for _, h := range [][]byte{head, local} {
			copy(h[14:], "\xff\xff\xff\xff\xff\xff\xff\xff")
		}
		sizes := le.AppendUint64(le.AppendUint64(nil, size), packed)
		localFields = append(localFields, extraField(fieldZip64, sizes)...)
		fields = append(fields, extraField(fieldZip64, le.AppendUint64(sizes, offset))...)
		offset = 0xffffffff
	}
	le.PutUint16(local[2:], flags^p.localFlags)
	if p.localMethod != 0 {
		le.PutUint16(local[4:], p.localMethod)
	}
	local = le.AppendUint16(local, uint16(len(p.localName)))
	local = le.AppendUint16(local, uint16(len(localFields)))
	out.WriteString("PK\x03\x04" + string(local) + p.localName)
	out.Write(localFields)
	out.Write(body)

	dir.WriteString("PK\x01\x02")
	dir.Write(le.AppendUint16(nil, 51|p.host<<8))
	tail := le.AppendUint16(head, uint16(len(p.name)))
	tail = le.AppendUint16(tail, uint16(len(fields)))
	tail = append(tail, make([]byte, 6)...)
	tail = le.AppendUint32(tail, p.attrs)
	tail = le.AppendUint32(tail, uint32(offset))
	dir.WriteString(string(tail) + p.name)
	dir.Write(fields)
}

const fieldZip64 = 0x0001

func extraField(id uint16, data []byte) []byte {
	f := binary.LittleEndian.AppendUint16(nil, id)
	return append(binary.LittleEndian.AppendUint16(f, uint16(len(data))), data...)
}

// finish64 ends an archive by the records of Zip64, whose numbers stand in
// the place of those of the usual end (APPNOTE 4.3.14 to 4.3.16).
func finish64(out, dir []byte, n int) []byte {
	le := binary.LittleEndian
	start := uint64(len(out))
	out = append(out, dir...)
	end := uint64(len(out))
	out = append(out, "PK\x06\x06"...)
	out = le.AppendUint64(out, 44)
	out = append(out, 45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	for _, v := range []uint64{uint64(n), uint64(n), uint64(len(dir)), start} {
		out = le.AppendUint64(out, v)
	}
	out = append(out, "PK\x06\x07\x00\x00\x00\x00"...)
	out = le.AppendUint64(out, end)
	out = append(out, 1, 0, 0, 0)
	out = append(out, "PK\x05\x06\x00\x00\x00\x00"...)
	return append(append(out, bytes.Repeat([]byte{0xff}, 12)...), 0, 0)
}

func finish(out, dir []byte, n int) []byte {
	le := binary.LittleEndian
	start := len(out)
	out = append(out, dir...)
	out = append(out, "PK\x05\x06\x00\x00\x00\x00"...)
	out = le.AppendUint16(out, uint16(n))
	out = le.AppendUint16(out, uint16(n))
	out = le.AppendUint32(out, uint32(len(dir)))
	out = le.AppendUint32(out, uint32(start))
	return append(out, 0, 0)
}
