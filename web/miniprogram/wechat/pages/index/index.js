// Logs in: wx.login gives a code that is good once, the service takes it and gives
// a ticket, and the page is opened with the ticket in the fragment of its address,
// which no server is sent.
const { fragment } = require('../../open');

Page({
  data: { problem: '' },

  onLoad(options) {
    this.to = fragment.target(options);
    this.login();
  },

  login() {
    this.setData({ problem: '' });
    wx.login({
      timeout: 8000,
      success: ({ code }) => this.exchange(code),
      fail: () => this.fail('微信登录没有成功，请检查网络后再试。'),
    });
  },

  exchange(code) {
    const app = getApp();
    wx.request({
      url: `${app.origin}/v1/login`,
      method: 'POST',
      timeout: 10000,
      data: { platform: 'wechat', code },
      success: ({ statusCode, data }) => {
        if (statusCode !== 200) {
          this.fail(data && data.error ? data.error.text : '服务暂时不可用，请稍后再试。');
          return;
        }
        app.token = data.token;
        const src = fragment.address(app.origin, data.ticket, data.registered ? this.to : '/register');
        wx.redirectTo({ url: `/pages/page/page?src=${encodeURIComponent(src)}` });
      },
      fail: () => this.fail('网络不通，请检查后再试。'),
    });
  },

  fail(problem) {
    this.setData({ problem });
  },
});
