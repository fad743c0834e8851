package alipay

import (
	"context"
	"encoding/json"
	"errors"

	sdk "github.com/smartwalle/alipay/v3"

	"healthcode/models"
)

// verdict is what every answer says about itself, but one: a token has no code.
type verdict struct {
	Code    string `json:"code"`
	SubCode string `json:"sub_code"`
}

// ask makes one call and reads its node into into, a pointer to a struct, if the
// node is signed and says success. What Alipay refuses for reasons of the
// method's own, own knows. It never asks twice.
func (a *App) ask(ctx context.Context, param sdk.Param, own refusals, into any) error {
	ctx, cancel := context.WithTimeout(ctx, a.timeout)
	defer cancel()
	node, err := a.fetch(ctx, param)
	if err != nil {
		return translate(ctx, err, own)
	}
	var v verdict
	if json.Unmarshal(node, &v) != nil {
		return lying("an answer of another shape")
	}
	if v.Code != string(sdk.CodeSuccess) && (v.Code != "" || param.APIName() != tokenMethod) {
		return own.refuse(v.Code, v.SubCode)
	}
	if json.Unmarshal(node, into) != nil {
		return lying("an answer of another shape")
	}
	return nil
}

var errPanic = errors.New("alipay: the SDK panicked")

// fetch is the node of an answer whose signature holds, deciphered. The SDK's
// panics, over ciphertext of an odd length among others, become an error.
func (a *App) fetch(ctx context.Context, param sdk.Param) (node json.RawMessage, err error) {
	defer func() {
		if recover() != nil {
			node, err = nil, errPanic
		}
	}()
	err = a.client.Request(ctx, param, &node)
	return node, err
}

// translate turns the SDK's error into a refusal, without asking it for its words:
// those of a nil *sdk.Error panic. What is no refusal of Alipay's, and not of the
// network, is an answer that cannot be believed: no JSON, or a signature that does
// not hold.
func translate(ctx context.Context, err error, own refusals) error {
	var network *models.Problem
	if errors.As(err, &network) {
		return network
	}
	var answer *sdk.Error
	if errors.As(err, &answer) {
		if answer == nil {
			return lying("nothing at all")
		}
		return own.refuse(string(answer.Code), answer.SubCode)
	}
	var timeout interface{ Timeout() bool }
	if ctx.Err() != nil || errors.As(err, &timeout) {
		return silence(ctx, err)
	}
	return lying("an answer that is no JSON, or not signed by Alipay")
}

// payload begins a call that has no type of its own in the SDK.
func payload(method string, content map[string]any) *sdk.Payload {
	p := sdk.NewPayload(method)
	for field, value := range content {
		p.AddBizField(field, value)
	}
	return p
}
