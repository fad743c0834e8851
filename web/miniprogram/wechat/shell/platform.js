// What WeChat does for the shell. Everything that can fail is a promise.
'use strict';

const basics = require('./basics');

const { promised } = basics;

function login() {
  return promised(wx.login, { timeout: 8000 }).then(({ code }) => ({ platform: 'wechat', code }));
}

// scan is the text of what was scanned; it fails with whether the person gave up.
function scan() {
  return promised(wx.scanCode, { scanType: ['qrCode'] }).then(({ result }) => result, ({ errMsg }) => Promise.reject(/cancel/.test(errMsg)));
}

// subscribe asks for messages, right after a tap, and tells the ids that were accepted.
function subscribe(templates) {
  return promised(wx.requestSubscribeMessage, { tmplIds: templates }).then((said) => templates.filter((id) => said[id] === 'accept'));
}

// phone takes what the button of open-type getPhoneNumber tells: a code of its own kind.
const phone = ({ detail }) => (detail.code ? Promise.resolve({ code: detail.code }) : Promise.reject(new Error('refused')));

// face is WeChat's own page, and whether the person went through it. What came of it
// the service asks itself: success says no more than that it is over, and fail is told
// of faces that did not pass too. 90002 to 90006 are the ways to give up.
const face = ({ vendor }) => promised(wx.requestFacialVerify, { verifyId: vendor })
  .then(() => true, ({ errCode }) => errCode > 0 && !(errCode >= 90002 && errCode <= 90006));

// query is what a link or a code opened the mini-program with.
const query = () => wx.getEnterOptionsSync().query || {};

// asked is what another mini-program wants, and which one it is by WeChat's word.
function asked() {
  const { referrerInfo } = wx.getEnterOptionsSync();
  const { appId = '', extraData = {} } = referrerInfo || {};
  return { from: appId, challenge: extraData.challenge || '' };
}

const giveBack = (extraData) => promised(wx.navigateBackMiniProgram, { extraData });
const go = (url) => promised(wx.navigateTo, { url });
const instead = (url) => promised(wx.redirectTo, { url });

// WeChat itself asks about privacy, in components/privacy.
const agreed = () => Promise.resolve(true);

module.exports = { ...basics, name: 'wechat', login, scan, subscribe, phone, face, query, asked, giveBack, go, instead, agreed };
