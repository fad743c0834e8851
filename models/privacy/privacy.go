// Package privacy says in words what is known about residents. What both
// super-apps want to be told before a mini-program may use a phone number or a
// camera is made of the same data as our own page, so that none says less.
package privacy

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"

	"healthcode/models"
)

// Datum is something that is known about a resident.
type Datum struct {
	ID      string      `yaml:"id"`
	What    models.Text `yaml:"what"`
	Why     models.Text `yaml:"why"`
	Kept    models.Text `yaml:"kept"`
	Columns []string    `yaml:"columns"` // "table.column" of the database
	WeChat  Scope       `yaml:"wechat"`
	Alipay  Scope       `yaml:"alipay"`
}

// Scope is what a super-app calls the datum in its privacy guide, and the call of
// its own that gives it. It is empty for what residents type themselves.
type Scope struct {
	Item string `yaml:"item"`
	API  string `yaml:"api"`
}

//go:embed privacy.yaml
var file []byte

var all = func() (list []Datum) {
	if err := yaml.UnmarshalWithOptions(file, &list, yaml.Strict()); err != nil {
		panic("privacy.yaml: " + err.Error())
	}
	return list
}()

// All lists everything that is known.
func All() []Datum { return append([]Datum(nil), all...) }

// Guide is the privacy guide (用户隐私保护指引) of one super-app's mini-program, as
// whoever publishes it fills it in: first what the app itself gives, by the app's
// own names, then what residents type or registries send.
func Guide(app string, of func(Datum) Scope) string {
	var given, typed strings.Builder
	for _, d := range all {
		if scope := of(d); scope.Item != "" {
			fmt.Fprintf(&given, "| %s | `%s` | %s | %s |\n", scope.Item, scope.API, d.Why.In(models.Chinese), d.Kept.In(models.Chinese))
		}
		if len(d.Columns) > 0 {
			fmt.Fprintf(&typed, "| %s | %s | %s |\n", d.What.In(models.Chinese), d.Why.In(models.Chinese), d.Kept.In(models.Chinese))
		}
	}
	return fmt.Sprintf(`# 用户隐私保护指引（%s小程序）

按本页逐项填写%[1]s管理后台的隐私保护指引。未在后台声明的项目，小程序调用时会被平台拒绝。
本页由 models/privacy/privacy.yaml 生成，与 docs/data.md 的数据清单一致。

## 通过%[1]s接口取得的信息

| 信息 | 接口 | 用途 | 保存期限 |
|---|---|---|---|
%s
## 保存的全部信息

| 信息 | 用途 | 保存期限 |
|---|---|---|
%s
## 约定

- 逐项征得同意，不默认勾选；不同意的可以不用小程序，由社区或卡口工作人员办理。
- 随时可以查看、下载、更正、撤回同意、注销。
- 不用于公布的用途之外，不做画像和评分；除同意行程卡的人的号码告知其电信运营商、在外地卡口亮码的人的颜色、原因、检测时间和隐去部分的姓名告知当地健康码系统（本人可见）外，不提供给第三方。
- 未满14周岁的，由监护人同意。
`, app, given.String(), typed.String())
}
