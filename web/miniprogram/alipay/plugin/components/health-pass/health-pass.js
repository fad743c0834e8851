// The face of a code. It asks for the pass itself and shows it for as long as the
// page is; to somebody whose code is not known here it says what to do.
'use strict';

const platform = require('../../platform');
const enrol = require('../../lib/enrol');
const { ask, words, clock } = require('../../lib/session');
const face = require('../../lib/face');

Component({
  data: { words, enrol: enrol.words, state: 'wait', colour: '', problem: '', stale: '', offline: '' },

  didMount() {
    this.awaited = []; // who waits for the canvas
    this.face = face.make({ ask, store: platform.store, words, clock, show: (data) => this.shown(data),
      canvas: () => (this.canvas ? Promise.resolve(this.canvas) : new Promise((resolve) => { this.awaited.push(resolve); })) });
    this.forgetEnrol = enrol.changed((problem) => (problem ? this.setData({ problem }) : this.face.renew()));
    this.face.open();
  },

  didUnmount() {
    this.forgetEnrol();
    this.face.close();
  },

  rootEvents: {
    onShow() { if (this.face) this.face.open(); },
    onHide() { this.face.close(); },
  },

  methods: {
    shown(data) {
      if (data.state === 'unknown') enrol.prepare();
      if (data.state && data.state !== 'shown' && data.state !== 'stale') this.canvas = null; // it goes with what is shown
      this.setData(data);
    },
    // Alipay gives the canvas only once it says that it is ready.
    drawable() {
      platform.canvas(this, '#qr').then((canvas) => {
        this.canvas = canvas;
        this.awaited.splice(0).forEach((resolve) => resolve(canvas));
      });
    },
    enrol() { enrol.begin((problem) => this.setData({ problem })); },
    again() {
      this.setData({ state: 'wait', problem: '' });
      this.face.renew();
    },
  },
});
