// The vaccinations on record.
'use strict';

const platform = require('../platform');
const { ask, words, clock, fill } = require('./session');
const enrol = require('./enrol');

module.exports = {
  data: { words, enrol: enrol.words, state: 'wait', complete: '', doses: [], problem: '' },

  onReady() { platform.titled(words.vaccinations.title); },

  onLoad() {
    this.forget = enrol.changed((problem) => (problem ? this.setData({ problem }) : this.load()));
    this.load();
  },

  onUnload() { this.forget(); },

  load() {
    this.setData({ state: 'wait', problem: '' });
    return ask('GET', '/v1/vaccinations').then((said) => {
      if (said.ok) this.show(said.body);
      else if (said.error.reason === 'registration.required') {
        enrol.prepare();
        this.setData({ state: 'unknown' });
      } else this.setData({ state: 'failed', problem: said.error.text });
    });
  },

  show({ complete, since, doses }) {
    const text = complete && since ? fill(words.vaccinations.complete, { day: clock.on(since) }) : words.vaccinations.incomplete;
    this.setData({ state: 'shown', complete: text, doses: doses.map((d) => ({ ...d, title: fill(words.vaccinations.dose, { n: d.dose }), day: clock.on(d.date) })) });
  },

  enrol() { enrol.begin((problem) => this.setData({ problem })); },
};
