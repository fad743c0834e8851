// Carries the pages. The address holds a ticket, so it is never shared or logged.
Page({
  data: { src: '' },

  onLoad({ src }) {
    this.setData({ src: decodeURIComponent(src) });
  },

  onShareAppMessage() {
    return { title: '健康码', path: '/pages/index/index' };
  },
});
