package wechat

import (
	"errors"
	"fmt"

	"healthcode/models"
)

// refusals are WeChat's numbers for what is not our own doing. Any other is about
// us and for an administrator to mend, so it is upstream.refused_us: 40125 and
// 40001 wrong secret, 40013 wrong app id, 40164 and 61004 our address is not on
// the app's list, 48001 the app lacks the permission, 41002,
// 41004 and 41008 a parameter is missing.
//
// Source: the vendor's pages code2Session and 全局返回码 (errCode). 40163 is on
// neither, and is what the service answers to a code that was used.
var refusals = map[int64]models.Reason{
	codeInvalid: models.ReasonLoginCode,
	codeUsed:    models.ReasonLoginCodeUsed,
	40226:       models.ReasonLoginBlocked, // 高风险等级用户
	-1:          models.ReasonUpstreamBusy, // 系统繁忙
	45011:       models.ReasonUpstreamBusy, // one user, over a hundred times a minute
	45009:       models.ReasonUpstreamBusy, // the app's quota of the day is spent
}

const (
	codeInvalid = 40029
	codeUsed    = 40163
)

// verdict is what became of the call, nil if WeChat answered with success.
// errcode is WeChat's number, zero if the answer has none or there was none;
// failed says that the SDK reported an error, which stays unread, because it may
// hold the URL with all its secrets.
func (c *call) verdict(errcode int64, failed bool) *models.Problem {
	switch {
	case c.trouble != nil:
		return c.trouble
	case !c.answered:
		return models.Refuse(models.ReasonInternal).Because(errUnsent)
	case errcode == codeUsed && c.repeated():
		return models.Refuse(models.ReasonUpstream).Because(errLost)
	case errcode != 0:
		reason, known := refusals[errcode]
		if !known {
			reason = models.ReasonUpstreamRefused
		}
		return models.Refuse(reason).Because(fmt.Errorf("wechat: errcode %d", errcode))
	case failed:
		return models.Refuse(models.ReasonUpstreamLying).Because(errShape)
	}
	return nil
}

var (
	errUnsent = errors.New("wechat: the SDK made no request")
	errLost   = errors.New("wechat: the answer was lost with its connection")
	errShape  = errors.New("wechat: an answer that is no JSON, or not of the documented shape")
)
