// Logs in: my.getAuthCode gives a code that is good once, silently, for the scope
// auth_base; the service takes it and gives a ticket, and the page is opened with
// the ticket in the fragment of its address, which no server is sent.
const { fragment } = require('../../open');

Page({
  data: { problem: '' },

  onLoad(options) {
    this.to = fragment.target(options);
    this.login();
  },

  login() {
    this.setData({ problem: '' });
    my.getAuthCode({
      scopes: ['auth_base'],
      success: ({ authCode }) => this.exchange(authCode),
      fail: () => this.fail('支付宝登录没有成功，请检查网络后再试。'),
    });
  },

  exchange(code) {
    const app = getApp();
    my.request({
      url: `${app.origin}/v1/login`,
      method: 'POST',
      timeout: 10000,
      headers: { 'Content-Type': 'application/json' },
      data: { platform: 'alipay', code },
      dataType: 'json',
      // Any status comes here, also one that says no.
      success: ({ status, data }) => {
        if (status !== 200) {
          this.fail(data && data.error ? data.error.text : '服务暂时不可用，请稍后再试。');
          return;
        }
        app.token = data.token;
        const src = fragment.address(app.origin, data.ticket, data.registered ? this.to : '/register');
        my.redirectTo({ url: `/pages/page/page?src=${encodeURIComponent(src)}` });
      },
      fail: () => this.fail('网络不通，请检查后再试。'),
    });
  },

  fail(problem) {
    this.setData({ problem });
  },
});
