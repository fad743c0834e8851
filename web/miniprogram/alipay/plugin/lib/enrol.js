// How somebody whose code is not known in this host links it: the city's own
// mini-program is opened with a challenge, they agree there, and what comes back is
// handed to link by the host. Nothing personal passes through the host.
'use strict';

const platform = require('../platform');
const { ask, words, fill } = require('./session');

const GOOD = 240000; // milliseconds for which a challenge is used; the service takes it for five minutes

const listeners = [];
let challenge = '';
let since = 0;
let linked = ''; // the hand-over that was used last: hosts may be shown again with it

const tell = (problem) => listeners.slice().forEach((listener) => listener(problem));

// prepare has a challenge ready: the app opens another mini-program only right after a tap.
function prepare() {
  if (challenge && Date.now() - since < GOOD) return Promise.resolve();
  return ask('POST', '/v1/links/challenge', {}).then((said) => {
    if (!said.ok) return Promise.reject(said.error);
    challenge = said.body.challenge;
    since = Date.now();
    return null;
  });
}

// begin opens the city's mini-program, and tells fail what went wrong.
function begin(fail) {
  fail('');
  const leave = () => platform.leave({ challenge }).catch((error) => {
    if (!/cancel/.test((error && error.errMsg) || '')) fail(fill(words.linking.failed, { app: words.app[platform.name] }));
  });
  if (challenge && Date.now() - since < GOOD) return leave();
  return prepare().then(leave, (error) => fail(error.text));
}

// link ends what begin began. It is what the host calls, with what it was handed.
function link(handover) {
  if (!handover || handover === linked) return Promise.resolve(false);
  linked = handover;
  return ask('POST', '/v1/links', { handover }).then((said) => {
    if (said.ok) challenge = '';
    else if (said.status === 0 || said.status >= 500) linked = ''; // unheard: it may be tried again
    tell(said.ok ? '' : said.error.text);
    return said.ok;
  });
}

// changed has the listener told when this account has been linked, or why not. It
// returns what ends that.
function changed(listener) {
  listeners.push(listener);
  return () => { listeners.splice(listeners.indexOf(listener), 1); };
}

module.exports = { words: words.linking, prepare: () => prepare().catch(() => null), begin, link, changed };
