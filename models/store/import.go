package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"healthcode/models"
)

// Imported is what became of a delivery of results.
type Imported struct {
	Added int // new, and on record
	Held  int // new and positive: they wait for an epidemiologist of the office
}

// ImportTests takes laboratory results down, all or none, and decides anew about
// every resident whose document they name. A positive one counts only when an
// epidemiologist of the office has agreed: until then it is held, as a proposal.
func (s *Store) ImportTests(ctx context.Context, by models.Actor, office string, list []models.Test) (out Imported, err error) {
	if err := (&txn{Store: s, db: s.read.WithContext(ctx)}).knownPlace(office); err != nil {
		return out, err
	}
	positive := map[int]heldTest{}
	out.Added, err = importRecords(ctx, s, by, "tests", list, func(t *txn, i int, test models.Test) (int, error) {
		documentID, fresh, err := t.freshTest(test)
		if err != nil || !fresh {
			delete(positive, i) // this transaction may be a second attempt
			return 0, err
		}
		if test.Result == "positive" {
			positive[i] = heldOf(documentID, test)
			return 0, nil
		}
		return 1, t.keepTest(documentID, test, by.ID)
	})
	held := once(positive)
	if err != nil || len(held) == 0 {
		return out, err
	}
	out.Held = len(held)
	_, err = s.propose(ctx, proposing{by, office}, proposalRow{Lever: string(models.LeverImport)}, proposalBody{Evidence: by.Display, Tests: held})
	return out, err
}

// freshTest reports whether the result is neither on record nor held, and whose
// document it is about. The problem is a conflict where something else is.
func (t *txn) freshTest(test models.Test) (documentID string, fresh bool, err error) {
	if documentID, err = t.documentOf(test.Document); err != nil {
		return "", false, err
	}
	var before testRow
	err = found(t.db.Where("document_id = ? AND kind = ? AND sampled_at = ?", documentID, test.Kind, millis(test.Sampled)).Take(&before).Error)
	switch {
	case err == nil && before.Result == test.Result:
		return documentID, false, nil
	case err == nil:
		return documentID, false, models.Refuse(models.ReasonRecordConflict)
	case !errors.Is(err, models.NotFound):
		return documentID, false, err
	}
	var waiting int64
	err = t.db.Table("held_tests").Joins("JOIN proposals ON proposals.id = held_tests.proposal_id").
		Where("held_tests.document_id = ? AND held_tests.kind = ? AND held_tests.sampled_at = ? AND proposals.state = ?", documentID, test.Kind, millis(test.Sampled), models.ProposalOpen).
		Count(&waiting).Error
	if err == nil && waiting > 0 && test.Result != "positive" {
		err = models.Refuse(models.ReasonRecordConflict)
	}
	return documentID, waiting == 0, err
}

func (t *txn) keepTest(documentID string, test models.Test, client string) error {
	row, err := t.testRow(documentID, test, client)
	if err != nil {
		return err
	}
	if row.NameSealed, err = t.Vault.Seal("tests", "name_sealed", row.ID, []byte(test.Name.Reveal())); err != nil {
		return err
	}
	if err := raced(t.insert(&row)); err != nil {
		return err
	}
	return t.decideHolder(documentID)
}

func (t *txn) testRow(documentID string, test models.Test, client string) (row testRow, err error) {
	row = testRow{ID: t.id(), DocumentID: documentID, Kind: test.Kind, Result: test.Result,
		SampledAt: millis(test.Sampled), Lab: test.Lab, ClientID: client, CreatedAt: millis(t.at)}
	row.MAC, err = t.Vault.MAC(macTest, row.bytes())
	return row, err
}

// heldTestRow finds a held result by what it is of.
type heldTestRow struct {
	DocumentID string `gorm:"primaryKey"`
	Kind       string `gorm:"primaryKey"`
	SampledAt  int64  `gorm:"primaryKey;autoIncrement:false"`
	ProposalID string `gorm:"primaryKey"`
}

func (heldTestRow) TableName() string { return "held_tests" }

// heldTest is a result as it is sealed into its proposal.
type heldTest struct {
	DocumentID string    `json:"document_id"`
	Name       string    `json:"name"`
	Kind       string    `json:"kind"`
	Result     string    `json:"result"`
	Sampled    time.Time `json:"sampled"`
	Lab        string    `json:"lab"`
}

func heldOf(documentID string, t models.Test) heldTest {
	return heldTest{documentID, t.Name.Reveal(), t.Kind, t.Result, t.Sampled, t.Lab}
}

// test is the result without its person, whom only the laboratory has named.
func (h heldTest) test() models.Test {
	name, err := models.ParseName(h.Name)
	if err != nil {
		name = models.Name{} // it was one when it was sealed
	}
	return models.Test{Name: name, Kind: h.Kind, Result: h.Result, Sampled: h.Sampled, Lab: h.Lab}
}

// once is the results in the order in which they came, each once.
func once(positive map[int]heldTest) (list []heldTest) {
	for _, i := range slices.Sorted(maps.Keys(positive)) {
		h := positive[i]
		same := func(x heldTest) bool {
			return x.DocumentID == h.DocumentID && x.Kind == h.Kind && x.Sampled.Equal(h.Sampled)
		}
		if !slices.ContainsFunc(list, same) {
			list = append(list, h)
		}
	}
	return list
}

func importPlan(row proposalRow, held []heldTest) plan {
	documents := make([]any, len(held))
	for i, h := range held {
		documents[i] = h.DocumentID
	}
	return plan{where: "document_id IN (?" + strings.Repeat(", ?", len(held)-1) + ")", args: documents,
		add: func(t *txn, p *person) error {
			for _, h := range held {
				if p.row.DocumentID == nil || h.DocumentID != *p.row.DocumentID {
					continue
				}
				test, err := t.testRow(h.DocumentID, h.test(), row.EnteredBy)
				if err != nil {
					return err
				}
				p.evidence.tests = append(slices.Clip(p.evidence.tests), test)
			}
			return nil
		},
		keep: func(t *txn) error {
			for _, h := range held {
				if err := t.keepTest(h.DocumentID, h.test(), row.EnteredBy); err != nil {
					return fmt.Errorf("held test: %w", err)
				}
			}
			return nil
		}}
}
