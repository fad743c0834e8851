package models

// Jurisdiction is a node of the tree of administrative divisions: a nation,
// province, city or county by its GB/T 2260 code, or something smaller.
type Jurisdiction struct {
	Code     string // six digits
	Parent   string // code of the node above; "" for the root
	Name     Text
	TimeZone string // IANA name; what "a day" means here
}

// Community is where a resident lives and whose workers look after them.
type Community struct {
	ID           string
	Jurisdiction string // code of the county it is in
	Name         Text
	Phone        string // whom a guard or a resident calls
}
