// What somebody without a code can do in the shell: register.
'use strict';

const { words } = require('./session');
const pages = require('./pages');

module.exports = {
  words: { say: words.home.new, do: words.home.register, register: '' },
  begin: () => pages.open('/register'),
  prepare: () => null,
  changed: () => () => null, // who registers comes back to the page, which asks anew
};
