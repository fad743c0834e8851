// The hand-over to a plugin: another mini-program, whose plugin shows health codes,
// has sent somebody here to say who they are. It gives a challenge and takes a
// signed answer; nothing personal travels either way. Which mini-program it is, the
// app says and not the one that asks.
'use strict';

const platform = require('../platform');
const { enter, ask, words, fill, config } = require('./session');
const pages = require('./pages');

module.exports = {
  data: { words, asks: '', problem: '', said: '', state: 'wait' }, // then ask, new, done or none

  onReady() { platform.titled(words.link.title); },

  onLoad() {
    const { challenge, from } = platform.asked();
    const host = config.hosts[from];
    if (!challenge || !host) {
      this.setData({ state: 'none', problem: challenge ? words.link.foreign : words.link.none });
      return;
    }
    this.challenge = challenge;
    this.setData({ asks: fill(words.link.asks, { host }) });
    this.login();
  },

  // Who went to register comes back here.
  onShow() {
    if (this.data.state === 'new') this.login();
  },

  login() {
    return enter().then((said) => {
      if (!said.ok) this.setData({ state: 'failed', problem: said.error.text });
      else this.setData({ state: said.body.registered ? 'ask' : 'new', problem: '' });
    });
  },

  register() { pages.open('/register').then((said) => { if (!said.ok) this.setData({ problem: said.error.text }); }); },

  agree() {
    this.setData({ problem: '' });
    ask('POST', '/v1/links/handover', { challenge: this.challenge }).then((said) => {
      if (said.ok) this.leave(words.link.back, { handover: said.body.handover });
      else this.setData({ problem: said.error.text });
    });
  },

  refuse() { this.leave(words.link.refused, {}); },

  // leave goes back with what was decided; the words are there if the app does not go.
  leave(said, extraData) {
    this.setData({ state: 'done', said });
    platform.giveBack(extraData).catch(() => null);
  },
};
