// The page of the code: the component does everything, and the reasons are a page of the service.
'use strict';

const platform = require('../platform');
const { words } = require('./session');
const pages = require('./pages');

module.exports = {
  data: { words, problem: '' },

  onReady() { platform.titled(words.title); },
  why() { pages.open('/code/why').then((said) => { this.setData({ problem: said.ok ? '' : said.error.text }); }); },
};
