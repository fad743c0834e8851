// Carries the service's pages. The address holds a ticket, so it is never shared.
'use strict';

const { words } = require('./session');

module.exports = {
  data: { src: '' },

  onLoad({ src }) { this.setData({ src: decodeURIComponent(src) }); },
  onShareAppMessage: () => ({ title: words.title, path: '/pages/index/index' }),
};
