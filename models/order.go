package models

import (
	_ "embed"
	"slices"
	"time"

	"github.com/goccy/go-yaml"
)

// OrderReason is a legal reason for an order. There are no others, and the colour
// is the reason's: whoever makes an order chooses none.
type OrderReason struct {
	ID     string `yaml:"id"`
	Level  string `yaml:"level"`  // yellow or red
	Text   Text   `yaml:"text"`   // what the resident reads
	Source Text   `yaml:"source"` // law and article
}

//go:embed order.yaml
var orderFile []byte

var orderReasons = func() (list []OrderReason) {
	if err := yaml.UnmarshalWithOptions(orderFile, &list, yaml.Strict()); err != nil {
		panic("order.yaml: " + err.Error())
	}
	return list
}()

// OrderReasons lists every legal reason for an order.
func OrderReasons() []OrderReason { return slices.Clone(orderReasons) }

// OrderReasonOf finds a legal reason by its id.
func OrderReasonOf(id string) (OrderReason, bool) {
	i := slices.IndexFunc(orderReasons, func(r OrderReason) bool { return r.ID == id })
	if i < 0 {
		return OrderReason{}, false
	}
	return orderReasons[i], true
}

// Order is what an authority orders about one resident.
type Order struct {
	Reason string    // id of an [OrderReason]
	Until  time.Time // when it ends at the latest
}

// Check refuses an order that ends too late, or never: longest is how long one may
// last where the resident lives.
func (o Order) Check(now time.Time, longest time.Duration) error {
	var ps Problems
	if _, known := OrderReasonOf(o.Reason); !known {
		ps.Add("reason", Refuse(ReasonOrderReason))
	}
	if !o.Until.After(now) || o.Until.After(now.Add(longest)) {
		ps.Add("until", Refuse(ReasonOrderUntil))
	}
	return ps.Err()
}

// Fact is the order as evidence, from the instant at which it was agreed to.
func (o Order) Fact(proposal string, at time.Time) Fact {
	reason, _ := OrderReasonOf(o.Reason)
	return Fact{Kind: FactOrder, Code: o.Reason, Level: reason.Level, At: at, Until: o.Until, Source: "order:" + proposal}
}
