// The page of the code within a host, and the ways on from it.
'use strict';

const platform = require('../platform');
const { words } = require('./session');

module.exports = {
  data: { words },

  onReady() { platform.titled(words.title); },
  open(e) { platform.page(e.currentTarget.dataset.page); },
};
