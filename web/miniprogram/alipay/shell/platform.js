// What Alipay does for the shell. Everything that can fail is a promise.
'use strict';

const basics = require('./basics');

const { promised, store } = basics;

// login is silent: auth_base asks the person nothing and tells who they are here.
function login() {
  return promised(my.getAuthCode, { scopes: ['auth_base'] }).then(({ authCode }) => ({ platform: 'alipay', code: authCode }));
}

// scan is the text of what was scanned; it fails with whether the person gave up.
function scan() {
  return promised(my.scan, { scanType: ['qrCode'] }).then(({ code }) => code, ({ error }) => Promise.reject(error === 10));
}

// subscribe asks for messages, right after a tap, and tells the ids that were accepted.
function subscribe(templates) {
  return promised(my.requestSubscribeMessage, { entityIds: templates }).then(({ behavior, result }) => {
    const on = (result && result.subscribedEntityIds) || (behavior === 'subscribe' ? templates : []);
    return templates.filter((id) => on.indexOf(id) >= 0);
  });
}

// phone is asked for once the button of scope phoneNumber was agreed to: a signed
// and encrypted message, which only the service can read.
const phone = () => promised(my.getPhoneNumber, {}).then(({ response }) => ({ message: response }));

// face leads through Alipay's own pages, and is whether the person went through them
// (6001 is giving up). What came of it the service asks itself.
function face({ vendor, url }) {
  return new Promise((resolve) => {
    my.call('startBizService', { name: 'open-certify', param: JSON.stringify({ certifyId: vendor, url }) },
      (said) => resolve(String(said && said.resultStatus) !== '6001'));
  });
}

// query is what a link or a code opened the mini-program with.
const query = () => my.getEnterOptionsSync().query || {};

// asked is what another mini-program wants, and which one it is by Alipay's word.
function asked() {
  const { referrerInfo } = my.getEnterOptionsSync();
  const { appId = '', extraData = {} } = referrerInfo || {};
  return { from: appId, challenge: extraData.challenge || '' };
}

const giveBack = (extraData) => promised(my.navigateBackMiniProgram, { extraData });
const go = (url) => promised(my.navigateTo, { url });
const instead = (url) => promised(my.redirectTo, { url });

// Alipay leaves the question about privacy to the page; the answer is kept.
const agreed = () => store.kept('agreed').then(Boolean);
const agree = () => store.keep('agreed', true);

module.exports = { ...basics, name: 'alipay', login, scan, subscribe, phone, face, query, asked, giveBack, go, instead, agreed, agree };
