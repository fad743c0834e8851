// The page that the shell opens with: it logs in, shows the code at once to whoever
// has one, and leads everywhere else.
'use strict';

const platform = require('../platform');
const { enter, ask, words, fill } = require('./session');
const pages = require('./pages');
const face = require('./face');

const forms = ['health', 'itinerary'];

module.exports = {
  data: {
    words,
    state: 'wait', // then new, home or failed
    problem: '',
    said: '',
    verified: false,
    agreed: true, // to what the app itself asks about; platform.js
    asking: false,
    phone: fill(words.home.phone, { app: words.app[platform.name] }),
    forms: forms.map((id) => ({ id, to: `/declare/${id}`, label: words.home[id] })),
  },

  onLoad(options) {
    this.to = pages.launched({ ...platform.query(), ...options });
    platform.agreed().then((agreed) => this.setData({ agreed }));
    // The phone has a code that still holds: it is shown before anybody is asked.
    face.held(platform.store).then((held) => {
      if (held && !this.to) this.pass();
      this.login(held);
    });
  },

  onReady() { platform.titled(words.title); },

  // Who went to register comes back here, and so does who has shown their face.
  onShow() {
    face.held(platform.store).then((held) => this.setData({ verified: Boolean(held && held.verified) }));
    if (this.data.state === 'new') this.login(true);
  },

  login(quietly) {
    return enter().then((said) => {
      if (!said.ok) {
        if (this.data.state !== 'new') this.setData({ state: 'failed', problem: said.error.text });
        return;
      }
      if (!said.body.registered) {
        face.forget(platform.store);
        this.setData({ state: 'new', problem: '' });
        return;
      }
      this.setData({ state: 'home', problem: '' });
      this.learn();
      if (this.to) this.visit(this.to);
      else if (!quietly) this.pass();
      this.to = '';
    });
  },

  again() {
    this.setData({ state: 'wait', problem: '' });
    this.login();
  },

  // learn asks in time which messages there are: the app's own question must follow a tap at once.
  learn() {
    ask('GET', '/v1/messages/templates').then((said) => { this.templates = said.ok ? said.body.templates : []; });
  },

  pass() { platform.go('/pages/pass/pass'); },
  name() { this.consented(() => platform.go('/pages/name/name')); },
  open(e) {
    const { to } = e.currentTarget.dataset;
    if (to === '/register') this.consented(() => this.visit(to));
    else this.visit(to);
  },

  visit(to) {
    this.setData({ problem: '', said: '' });
    return pages.open(to).then((said) => { if (!said.ok) this.setData({ problem: said.error.text }); });
  },

  // A poster opens its door's page; anything else is refused in words.
  scan() {
    this.setData({ problem: '', said: '' });
    platform.scan().then((text) => {
      const to = pages.poster(text);
      if (to) this.visit(to);
      else this.setData({ problem: pages.passed(text) ? words.home.scan_pass : words.home.scan_other });
    }, (cancelled) => {
      if (!cancelled) this.setData({ problem: words.home.scan_failed });
    });
  },

  messages() {
    this.setData({ problem: '', said: '' });
    if (!this.templates || !this.templates.length) {
      this.setData({ said: words.home.messages_none });
      return;
    }
    platform.subscribe(this.templates).then((accepted) => {
      if (!accepted.length) {
        this.setData({ said: words.home.messages_off });
        return;
      }
      ask('POST', '/v1/messages/subscriptions', { accepted }).then((said) => {
        this.setData(said.ok ? { said: words.home.messages_on } : { problem: said.error.text });
      });
    }, () => this.setData({ said: words.home.messages_off }));
  },

  // phone is what the app's own button tells once it was pressed.
  phone(e) {
    this.setData({ problem: '', said: '' });
    platform.phone(e).then((got) => ask('POST', '/v1/phone', got).then((said) => {
      this.setData(said.ok ? { said: fill(words.home.phone_done, said.body) } : { problem: said.error.text });
    }), () => this.setData({ said: words.home.phone_refused }));
  },

  // unphone is the button of Alipay's that was refused.
  unphone() { this.setData({ said: words.home.phone_refused }); },

  // Where the app does not ask about privacy itself, the page does, once somebody
  // wants what takes something personal. Who refuses goes on without.
  consented(then) {
    if (this.data.agreed) {
      then();
      return;
    }
    this.then = then;
    this.setData({ asking: true, said: '', problem: '' });
  },
  ask() { this.consented(() => null); },
  read() { this.visit('/about'); },
  agree() {
    platform.agree();
    this.setData({ asking: false, agreed: true });
    this.then();
  },
  refuse() { this.setData({ asking: false, said: words.privacy.refused }); },
};
