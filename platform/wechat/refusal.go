package wechat

import (
	"errors"
	"fmt"

	"healthcode/models"
)

// numbers are WeChat's numbers that mean something to one question, and the
// refusal that each becomes.
type numbers map[int64]*models.Problem

// everywhere are those that mean the same to every question. Any number that is
// neither here nor the question's own is about us and for an administrator to mend,
// so it is upstream.refused_us: 40125 and 40001 wrong secret or token, 40013 wrong
// app id, 40164 and 61004 our address is not on the app's list, 48001 the app lacks
// the permission, 41002, 41004 and 41008 a parameter is missing.
//
// Source: the vendor's page 全局返回码 (errCode).
var everywhere = numbers{
	-1:    models.Refuse(models.ReasonUpstreamBusy), // 系统繁忙
	45009: models.Refuse(models.ReasonUpstreamBusy), // the quota of the day is spent, of some calls that of the minute
	45011: models.Refuse(models.ReasonUpstreamBusy), // too often within a minute
}

// verdict is what became of the call, nil if WeChat answered with success. failed
// says that the answer could not be read; if it was the SDK that could not, its
// error stays unread, because it may hold the URL with all its secrets.
func (c *call) verdict(failed bool, own numbers) *models.Problem {
	switch {
	case c.trouble != nil:
		return c.trouble
	case !c.answered:
		return models.Refuse(models.ReasonInternal).Because(errUnsent)
	case c.number == codeUsed && c.repeated():
		return models.Refuse(models.ReasonUpstream).Because(errLost)
	case c.number != 0:
		refusal, known := own[c.number]
		if !known {
			refusal, known = everywhere[c.number]
		}
		if !known {
			refusal = models.Refuse(models.ReasonUpstreamRefused)
		}
		return refusal.Because(fmt.Errorf("wechat: errcode %d", c.number))
	case failed:
		return unusable(errShape)
	}
	return nil
}

// unusable is the refusal of an answer that came, and is none.
func unusable(err error) *models.Problem {
	return models.Refuse(models.ReasonUpstreamLying).Because(err)
}

var (
	errUnsent = errors.New("wechat: no request was made")
	errLost   = errors.New("wechat: the answer was lost with its connection")
	errShape  = errors.New("wechat: an answer that is no JSON, or not of the documented shape")
)
