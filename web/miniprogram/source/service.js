// Speaks to the service: logs in when it must, once at a time, and sends every
// request with the session that it got. platform is the app's own part of it
// (platform.js), so that this file is the same in both apps, shells and plugins.
'use strict';

const WAIT = 10000; // milliseconds until a request counts as lost

// make returns what a package asks the service by.
//   enter()                            logs in anew: an answer as below, whose body has registered and ticket
//   ask(method, path, body, key)       an answer
// An answer is {ok, status, body, error}; it always comes. status is 0 when nobody
// answered. error is {reason, text, fields} in the reader's language.
function make({ platform, origin, words }) {
  let token = '';
  let entering = null;

  function answer(status, body) {
    const ok = status >= 200 && status < 300;
    const told = !ok && body && body.error;
    return { ok, status, body, error: ok ? null : told || { reason: '', text: status ? words.failed : words.offline } };
  }

  function send(method, path, body, key) {
    const headers = { 'Accept-Language': words.language };
    if (token) headers.Authorization = `Bearer ${token}`;
    if (key) headers['Idempotency-Key'] = key;
    return platform.send({ url: origin + path, method, headers, body, timeout: WAIT })
      .then(({ status, body: said }) => answer(status, said), () => answer(0));
  }

  // enter gives up the session that is there. Who taps twice logs in once.
  function enter() {
    if (!entering) {
      token = '';
      entering = platform.login()
        .then((who) => send('POST', '/v1/login', who), () => ({ ...answer(0), error: { reason: '', text: words.login } }))
        .then((said) => {
          entering = null;
          if (said.ok) token = said.body.token;
          return said;
        });
    }
    return entering;
  }

  // ask logs in first where there is no session, and once more where it has ended.
  function ask(method, path, body, key) {
    if (!token) return enter().then((said) => (said.ok ? send(method, path, body, key) : said));
    return send(method, path, body, key).then((said) => {
      if (said.status !== 401) return said;
      return enter().then((again) => (again.ok ? send(method, path, body, key) : again));
    });
  }

  return { enter, ask };
}

let counted = 0;

// newKey names one filled-in form, so that sending it again doubles nothing. The
// service keeps keys apart by account, so a key need not be hard to guess; it must
// only be new on this phone: the time, a counter and Math.random see to that.
// Plugins are given no better source of randomness.
function newKey() {
  counted += 1;
  const chance = () => Math.random().toString(36).slice(2, 12);
  return `${Date.now().toString(36)}-${counted.toString(36)}-${chance()}${chance()}`.padEnd(16, '0');
}

module.exports = { make, newKey };
