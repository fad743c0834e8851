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
	"goose_db_version": "SELECT",
	"jurisdictions":    "SELECT, INSERT",
	"communities":      "SELECT, INSERT",
	"venues":           "SELECT, INSERT",
	"listings":         "SELECT, INSERT",
	"documents":        "SELECT, INSERT",
	"tags":             "SELECT, INSERT",
	"residents": "SELECT, INSERT, UPDATE (document_id, jurisdiction, community_id, number_sealed, name_sealed, phone_sealed, " +
		"guardian_sealed, verified_at, verified_mac, merged_into, updated_at, closed_at)",
	"moves":             "SELECT, INSERT",
	"accounts":          "SELECT, INSERT, UPDATE (resident_id, phone_sealed, mac)",
	"sessions":          "SELECT, INSERT, UPDATE (seen_at, ended_at, venue_id, venue_mac)", // never whose it is
	"name_checks":       "SELECT, INSERT, UPDATE (passed_at)",
	"subscriptions":     "SELECT, INSERT, UPDATE",
	"links":             "SELECT, INSERT, UPDATE (handover, resident_id, mac, used_at)",
	"notices":           "SELECT, INSERT, UPDATE (read_at, resident_id)",
	"outbox":            "SELECT, INSERT, UPDATE",
	"drafts":            "SELECT, INSERT, UPDATE (closed_at)",
	"operators":         "SELECT, INSERT",
	"feed_tokens":       "SELECT, INSERT",
	"feed_token_ends":   "SELECT, INSERT",
	"feeds":             "SELECT, INSERT, UPDATE (reached, counted, taken, known, dropped, ended_at, mac)",
	"traces":            "SELECT, INSERT",
	"jobs":              "SELECT, INSERT, UPDATE (reached, people, total, changed, state, result, leased_by, leased_until, ended_at, mac)",
	"publications":      "SELECT, INSERT",
	"published_files":   "SELECT, INSERT",
	"mergers":           "SELECT, INSERT",
	"figures":           "SELECT, INSERT",
	"publishing":        "SELECT, UPDATE",
	"proposals":         "SELECT, INSERT, UPDATE (state, judged_by, judged_at)",
	"held_tests":        "SELECT, INSERT",
	"reddenings":        "SELECT, INSERT",
	"listing_ends":      "SELECT, INSERT",
	"alarms":            "SELECT, INSERT",
	"tickets":           "SELECT, INSERT, UPDATE (used_at)",
	"consents":          "SELECT, INSERT",
	"declarations":      "SELECT, INSERT, UPDATE (resident_id, mac)",
	"stays":             "SELECT, INSERT",
	"facts":             "SELECT, INSERT",
	"withdrawals":       "SELECT, INSERT",
	"decisions":         "SELECT, INSERT",
	"rule_sets":         "SELECT, INSERT",
	"corrections":       "SELECT, INSERT",
	"reviews":           "SELECT, INSERT, UPDATE",
	"judgements":        "SELECT, INSERT",
	"vaccinations":      "SELECT, INSERT",
	"tests":             "SELECT, INSERT",
	"grants":            "SELECT, INSERT",
	"visits":            "SELECT, INSERT",
	"appeals":           "SELECT, INSERT, UPDATE (resident_id, facts, mac)",
	"photos":            "SELECT, INSERT, UPDATE (resident_id, appeal_id, image_sealed, mac)",
	"staff":             "SELECT, INSERT, UPDATE (totp_step, alarms_read_at, disabled_at)",
	"staff_communities": "SELECT, INSERT",
	"invitations":       "SELECT, INSERT, UPDATE (used_at)",
	"arrivals":          "SELECT, INSERT, UPDATE (resident_id, mac)",
	"arrival_queue":     "SELECT, INSERT, UPDATE (resident_id, called_by, called_at, mac)",
	"arrival_outcomes":  "SELECT, INSERT",
	"prints":            "SELECT, INSERT",
	"print_ends":        "SELECT, INSERT",
	"clients":           "SELECT, INSERT, UPDATE (disabled_at)",
	"audit":             "SELECT, INSERT",
	"accesses":          "SELECT, INSERT",
	"requests":          "SELECT, INSERT",
	"peers":             "SELECT",
	"peer_keys":         "SELECT, INSERT",
	"peer_answers":      "SELECT, INSERT",
	"peer_visits":       "SELECT, INSERT",
}

// sweepPrivileges is what the sweeping account may do beyond reading: it alone
// deletes, and it cannot add evidence, except a decision that time has brought, with
// what tells the resident of it.
var sweepPrivileges = map[string]string{
	"peers": "SELECT", "peer_keys": "SELECT, DELETE", "peer_answers": "SELECT, DELETE", "peer_visits": "SELECT, DELETE",
	"jobs":        "SELECT, UPDATE, DELETE",
	"feed_tokens": "SELECT, DELETE", "feed_token_ends": "SELECT, DELETE", "traces": "SELECT, DELETE",
	"proposals": "SELECT, DELETE", "held_tests": "SELECT, DELETE", "reddenings": "SELECT, DELETE", "alarms": "SELECT, DELETE",
	"visits": "SELECT, DELETE", "declarations": "SELECT, DELETE", "stays": "SELECT, DELETE",
	"facts": "SELECT, DELETE", "withdrawals": "SELECT, DELETE", "decisions": "SELECT, INSERT, DELETE",
	"sessions": "SELECT, DELETE", "tickets": "SELECT, DELETE", "grants": "SELECT, DELETE",
	"requests": "SELECT, DELETE", "accesses": "SELECT, DELETE", "audit": "SELECT, INSERT, DELETE",
	"invitations": "SELECT, DELETE", "residents": "SELECT, UPDATE, DELETE", "accounts": "SELECT, DELETE", "moves": "SELECT, DELETE",
	"tags": "SELECT, DELETE", "consents": "SELECT, DELETE", "corrections": "SELECT, DELETE",
	"reviews": "SELECT, DELETE", "judgements": "SELECT, DELETE", "tests": "SELECT, DELETE",
	"name_checks": "SELECT, DELETE", "links": "SELECT, DELETE", "appeals": "SELECT, DELETE", "photos": "SELECT, DELETE",
	"notices": "SELECT, INSERT, DELETE", "outbox": "SELECT, INSERT, DELETE", "subscriptions": "SELECT, UPDATE",
	"arrivals": "SELECT, DELETE", "arrival_queue": "SELECT, DELETE", "arrival_outcomes": "SELECT, DELETE",
	"prints": "SELECT, DELETE", "print_ends": "SELECT, DELETE",
	"vaccinations": "SELECT", "listings": "SELECT", "listing_ends": "SELECT", "documents": "SELECT",
	"jurisdictions": "SELECT", "communities": "SELECT", "rule_sets": "SELECT, INSERT", "publications": "SELECT", "mergers": "SELECT", "figures": "SELECT, INSERT, DELETE", "venues": "SELECT", "published_files": "SELECT, INSERT", "goose_db_version": "SELECT",
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
