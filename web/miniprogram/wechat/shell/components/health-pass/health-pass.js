// The face of a code. It asks for the pass itself and shows it for as long as the
// page is; to somebody whose code is not known here it says what to do.
'use strict';

const platform = require('../../platform');
const enrol = require('../../lib/enrol');
const { ask, words, clock } = require('../../lib/session');
const face = require('../../lib/face');

Component({
  data: { words, enrol: enrol.words, state: 'wait', colour: '', problem: '', stale: '', offline: '' },

  lifetimes: {
    attached() {
      this.face = face.make({ ask, store: platform.store, words, clock, show: (data) => this.shown(data),
        canvas: () => platform.canvas(this, '#qr') });
      this.forgetEnrol = enrol.changed((problem) => (problem ? this.setData({ problem }) : this.face.renew()));
      this.face.open();
    },
    detached() {
      this.forgetEnrol();
      this.face.close();
    },
  },

  pageLifetimes: {
    show() { this.face.open(); },
    hide() { this.face.close(); },
  },

  methods: {
    shown(data) {
      if (data.state === 'unknown') enrol.prepare();
      this.setData(data);
    },
    enrol() { enrol.begin((problem) => this.setData({ problem })); },
    again() {
      this.setData({ state: 'wait', problem: '' });
      this.face.renew();
    },
  },
});
