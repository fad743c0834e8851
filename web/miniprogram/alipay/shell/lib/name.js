// Real name by face, for those who want it: the app compares the face with the
// card of whoever is registered, and the service asks the app whether it passed.
'use strict';

const platform = require('../platform');
const { ask, words, fill } = require('./session');
const { expire } = require('./face');

module.exports = {
  data: { words, intro: fill(words.name.intro, { app: words.app[platform.name] }), problem: '', said: '', busy: false },

  onReady() { platform.titled(words.name.title); },

  start() {
    if (this.data.busy) return null;
    this.setData({ busy: true, problem: '', said: '' });
    return ask('POST', '/v1/name-checks', {}).then((said) => {
      if (!said.ok) return this.setData({ busy: false, problem: said.error.text });
      return platform.face(said.body).then((through) => this.finish(said.body.id, through));
    });
  },

  // The service is asked even for somebody who gave up, as far as the phone knows: the
  // face may have passed, and word of it been lost.
  finish(id, through) {
    return ask('POST', `/v1/name-checks/${id}/result`, {}).then((said) => {
      this.setData({ busy: false });
      if (said.ok && said.body.verified) {
        expire();
        this.setData({ said: words.name.passed });
        platform.instead('/pages/pass/pass');
      } else if (!through) this.setData({ problem: words.name.cancelled });
      else this.setData({ problem: said.ok ? words.name.failed : said.error.text });
    });
  },
};
