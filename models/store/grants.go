package store

import (
	"maps"
	"slices"
	"strings"
)

// privileges is what the service's own database account may do, by table. It may
// never delete, never touch the schema, and never change evidence: what is only
// inserted there is what decides a colour. Tests run under exactly these.
var privileges = map[string]string{
	"goose_db_version":  "SELECT",
	"jurisdictions":     "SELECT, INSERT, UPDATE",
	"communities":       "SELECT, INSERT, UPDATE",
	"venues":            "SELECT, INSERT, UPDATE",
	"listings":          "SELECT, INSERT, UPDATE",
	"documents":         "SELECT, INSERT",
	"tags":              "SELECT, INSERT",
	"residents":         "SELECT, INSERT, UPDATE",
	"accounts":          "SELECT, INSERT, UPDATE",
	"sessions":          "SELECT, INSERT, UPDATE (seen_at, ended_at, venue_id)", // never whose it is
	"name_checks":       "SELECT, INSERT, UPDATE",
	"subscriptions":     "SELECT, INSERT, UPDATE",
	"links":             "SELECT, INSERT, UPDATE",
	"notices":           "SELECT, INSERT, UPDATE (read_at, resident_id)",
	"outbox":            "SELECT, INSERT, UPDATE",
	"drafts":            "SELECT, INSERT, UPDATE",
	"jobs":              "SELECT, INSERT, UPDATE",
	"publications":      "SELECT, INSERT",
	"published_files":   "SELECT, INSERT",
	"publishing":        "SELECT, UPDATE",
	"tickets":           "SELECT, INSERT, UPDATE",
	"consents":          "SELECT, INSERT, UPDATE",
	"declarations":      "SELECT, INSERT, UPDATE",
	"stays":             "SELECT, INSERT",
	"facts":             "SELECT, INSERT",
	"withdrawals":       "SELECT, INSERT",
	"decisions":         "SELECT, INSERT",
	"rule_sets":         "SELECT, INSERT",
	"corrections":       "SELECT, INSERT, UPDATE",
	"reviews":           "SELECT, INSERT, UPDATE",
	"judgements":        "SELECT, INSERT",
	"vaccinations":      "SELECT, INSERT",
	"tests":             "SELECT, INSERT",
	"grants":            "SELECT, INSERT, UPDATE",
	"visits":            "SELECT, INSERT",
	"staff":             "SELECT, INSERT, UPDATE",
	"staff_communities": "SELECT, INSERT",
	"invitations":       "SELECT, INSERT, UPDATE",
	"clients":           "SELECT, INSERT, UPDATE",
	"audit":             "SELECT, INSERT",
	"accesses":          "SELECT, INSERT",
	"requests":          "SELECT, INSERT",
}

// sweepPrivileges is what the sweeping account may do beyond reading: it alone
// deletes, and it cannot add evidence, except a decision that time has brought, with
// what tells the resident of it.
var sweepPrivileges = map[string]string{
	"jobs":   "SELECT, UPDATE, DELETE",
	"visits": "SELECT, DELETE", "declarations": "SELECT, DELETE", "stays": "SELECT, DELETE",
	"facts": "SELECT, DELETE", "withdrawals": "SELECT, DELETE", "decisions": "SELECT, INSERT, DELETE",
	"sessions": "SELECT, DELETE", "tickets": "SELECT, DELETE", "grants": "SELECT, DELETE",
	"requests": "SELECT, DELETE", "accesses": "SELECT, DELETE", "audit": "SELECT, INSERT, DELETE",
	"invitations": "SELECT, DELETE", "residents": "SELECT, UPDATE, DELETE", "accounts": "SELECT, DELETE",
	"tags": "SELECT, DELETE", "consents": "SELECT, DELETE", "corrections": "SELECT, DELETE",
	"reviews": "SELECT, DELETE", "judgements": "SELECT, DELETE", "tests": "SELECT, DELETE",
	"name_checks": "SELECT, DELETE", "links": "SELECT, DELETE",
	"notices": "SELECT, INSERT, DELETE", "outbox": "SELECT, INSERT, DELETE", "subscriptions": "SELECT, UPDATE",
	"vaccinations": "SELECT", "listings": "SELECT", "documents": "SELECT",
	"jurisdictions": "SELECT", "communities": "SELECT", "rule_sets": "SELECT, INSERT", "publications": "SELECT", "published_files": "SELECT, INSERT", "goose_db_version": "SELECT",
}

// Grants are the SQL statements that give a MySQL account just what the service
// needs of a database. The account must exist; user is as GRANT writes it, for
// example 'healthcode'@'%'.
func Grants(database, user string) []string { return grants(privileges, database, user) }

// SweepGrants are the same for the account that sweeps.
func SweepGrants(database, user string) []string { return grants(sweepPrivileges, database, user) }

func grants(of map[string]string, database, user string) []string {
	var list []string
	for _, table := range slices.Sorted(maps.Keys(of)) {
		list = append(list, "GRANT "+of[table]+" ON "+quote(database)+"."+quote(table)+" TO "+user)
	}
	return list
}

func quote(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }
