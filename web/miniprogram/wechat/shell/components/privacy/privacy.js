// WeChat asks for this before it hands over anything personal: the guide is
// offered, nothing is ticked, and who refuses goes on without.
'use strict';

const { words } = require('../../lib/session');

let settle = null; // tells WeChat what the person said

Component({
  data: { words: words.privacy, open: false },

  lifetimes: {
    attached() {
      wx.onNeedPrivacyAuthorization((resolve) => {
        settle = resolve;
        this.setData({ open: true });
      });
    },
  },

  methods: {
    read() { wx.openPrivacyContract({}); },
    agree() { this.close({ event: 'agree', buttonId: 'agree' }); },
    refuse() { this.close({ event: 'disagree' }); },
    stay() {}, // a tap on the sheet is not one on what lies below
    close(said) {
      this.setData({ open: false });
      settle(said);
    },
  },
});
