package alipay

import (
	"fmt"
	"regexp"

	"healthcode/models"
)

// refusals are reasons by Alipay's sub-codes, or by its codes where a method's
// page lists no sub-codes.
type refusals map[string]models.Reason

// common are those of any method. Source: the vendor's page 公共错误码.
var common = refusals{
	"20000":                models.ReasonUpstreamBusy, // 服务不可用
	"40005":                models.ReasonUpstreamBusy, // 调用频次超限
	"isp.unknow-error":     models.ReasonUpstreamBusy,
	"aop.unknow-error":     models.ReasonUpstreamBusy,
	"SYSTEM_ERROR":         models.ReasonUpstreamBusy,
	"aop.user-risk-reject": models.ReasonLoginBlocked,
}

// refuse translates Alipay's codes. What is not known is about us, and for an
// administrator to mend: a wrong key, a lost app_auth_token, an app that lacks a
// permission.
func (own refusals) refuse(code, subCode string) error {
	reason := models.ReasonUpstreamRefused
	switch code {
	case "10000", "": // success, but unsigned; or no answer of Alipay's at all
		reason = models.ReasonUpstreamLying
	default:
		for _, key := range []string{subCode, code} {
			if r, known := own[key]; known {
				reason = r
				break
			}
			if r, known := common[key]; known {
				reason = r
				break
			}
		}
	}
	return models.Refuse(reason).Because(saidNo(code, subCode))
}

// refused is what Alipay said no with, as far as it may be repeated. Its words
// stay behind: they hold what was sent.
type refused struct{ code, subCode string }

func (r refused) Error() string {
	return fmt.Sprintf("alipay: code %s, sub_code %s", r.code, r.subCode)
}

// The shapes of Alipay's codes. Of its sub-codes only those without a digit are
// repeated: there is a digit in everything that must not be.
var (
	codes    = regexp.MustCompile(`^[0-9]{0,5}$`)
	subCodes = regexp.MustCompile(`^[A-Za-z._:-]{0,64}$`)
)

// saidNo keeps the codes that look like Alipay's: what somebody else wrote into an
// answer does not reach the log.
func saidNo(code, subCode string) refused {
	if !codes.MatchString(code) {
		code = "-"
	}
	if !subCodes.MatchString(subCode) {
		subCode = "-"
	}
	return refused{code, subCode}
}
