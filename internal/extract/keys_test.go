package extract

import (
	"strconv"
	"testing"

	"iplos/internal/record"
	"iplos/internal/table"
)

func TestKeyIndex(t *testing.T) {
	k := newKeyIndex()
	for i := range 3000 {
		key := []byte(strconv.Itoa(i % 2000))
		if o, isNew := k.add(key); int(o) != i%2000 || isNew != (i < 2000) {
			t.Fatalf("key %s: %d, %v", key, o, isNew)
		}
	}
	if o, ok := k.find([]byte("1999")); !ok || o != 1999 || k.len() != 2000 || string(k.key(o)) != "1999" {
		t.Errorf("found %d, %v of %d", o, ok, k.len())
	}
	if _, ok := k.find([]byte("2000")); ok {
		t.Error("found a key that was never put in")
	}
}

// Keys take memory whatever the store's limit is, so they have one of their
// own.
func TestKeysAreBounded(t *testing.T) {
	o := Options{Path: writeFile(t, "PERSON.csv", "pePeID;peFnr\n17;\n"), Year: 2017, Municipality: "0403"}
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	src := s.src.(*tables)
	src.keys.text = make([]byte, maxKeys-2, maxKeys)
	var f *feed
	for _, have := range src.feeds {
		if have.class == record.PersonRow {
			f = have
		}
	}
	row := table.Mapped{Key: []byte("17"), Values: make([][]byte, len(f.fields))}
	if _, err := src.loadRow(f, &row, 2, nil); err != nil {
		t.Error(err)
	}
	row.Key = []byte("18")
	if _, err := src.loadRow(f, &row, 3, nil); faultOf(t, err).ID != "extract.tables.keys" {
		t.Error(err)
	}
}
