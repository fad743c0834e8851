// The face of a code: which colour, whose, until when, and the pass of each slot.
// It shows what the phone has kept first and asks for the newest then; while nobody
// answers, what stands there goes on until its grant ends.
'use strict';

const pass = require('./pass');

const KEPT = 'pass';
const OFTEN = 60000; // milliseconds between askings when the page is looked at again
const SPARE = 600000; // milliseconds before a grant's end in which the next is asked for

const SIGNS = { grey: '?', yellow: '!' }; // written in the shape of the colour

let outdated = false; // something has been done that may have changed the code

const alive = (p) => Boolean(p) && Date.now() + p.offset < p.ends;

// held reports whether the phone keeps a pass that can be shown now.
const held = (store) => store.kept(KEPT).then(alive);

// make returns {open, close, renew}, which the page calls when it is shown and hidden.
//   ask              of service.js
//   store            keep(name, value), kept(name), forget(name): promises
//   words, clock     texts of the reader's language; clock.js
//   show(data)       takes what has changed: state is wait, shown, stale, unknown or failed
//   canvas()         a promise of the canvas, once state has been shown
function make({ ask, store, words, clock, show, canvas }) {
  let mine = null; // as kept: the service's answer, and its clock minus this phone's
  let drawing = null;
  let ticking = 0;
  let retrying = 0;
  let asked = 0;
  let looked = 0; // which opening this is: what an earlier one still awaits is not shown

  const now = () => Date.now() + (mine ? mine.offset : 0);

  function tick() {
    show({ day: clock.day(now()), hands: clock.hands(now()) });
    ticking = setTimeout(tick, 1000 - (now() % 1000));
  }

  // told is what the face says of a pass in words.
  function told(p) {
    const until = p.colour === 'grey' ? '' : p.until ? `${words.until} ${clock.when(Date.parse(p.until))}` : words.no_until;
    const word = words.colours[p.colour] || words.colours.grey;
    return { state: 'shown', colour: p.colour, word, until, unverified: p.verified ? '' : words.unverified,
      name: p.name || '', document: p.document || '', place: p.place || words.title, says: [word, until].join(' '), sign: SIGNS[p.colour] || '', stale: '', problem: '' };
  }

  function stop() {
    if (drawing) drawing.stop();
    drawing = null;
    clearTimeout(ticking);
    clearTimeout(retrying);
  }

  function put(p) {
    const opening = looked;
    stop();
    mine = p;
    show(told(p));
    tick();
    return canvas().then((on) => {
      if (opening !== looked || mine !== p) return;
      if (drawing) drawing.stop();
      let spare = 0;
      drawing = pass.start({ canvas: on, grant: p.grant, seed: p.seed, slotSeconds: p.slot_seconds, prefix: p.prefix, offsetMillis: p.offset,
        onSlot({ expires }) {
          spare = spare || Math.min(SPARE, (expires - now()) / 4); // of a short one, its last quarter
          // Phones that were opened together do not all ask at once.
          if (expires - now() < spare && Math.random() < 0.02) renew();
        },
        onExpired() { show({ state: 'stale', stale: words.stale }); renew(); } });
    });
  }

  function offline() {
    const line = alive(mine) ? words.going_on.replace('{time}', clock.hour(mine.ends)) : '';
    show({ offline: line });
  }

  function later() {
    clearTimeout(retrying);
    retrying = setTimeout(renew, (alive(mine) ? 15000 : 3000) + Math.random() * 10000);
  }

  // renew asks for the newest pass, and whose it is unless that is known.
  function renew() {
    const opening = looked;
    asked = Date.now();
    const known = !outdated && mine && mine.place ? mine : null;
    outdated = false;
    return Promise.all([ask('GET', '/v1/pass'), known || ask('GET', '/v1/holder')]).then(([said, holder]) => {
      if (opening !== looked) return null;
      if (said.ok) {
        const { name, document, place } = known || holder.body || mine || {};
        const fresh = { ...said.body, name, document, place, offset: said.body.server_time - Date.now(), ends: pass.make(said.body.grant, said.body.seed).expires };
        store.keep(KEPT, fresh);
        show({ offline: '' });
        return put(fresh);
      }
      if (said.status === 403 || said.status === 410) { // nobody's code, or no longer
        stop();
        mine = null;
        store.forget(KEPT);
        show({ state: 'unknown', colour: '', problem: '', offline: '' });
        return null;
      }
      later();
      if (alive(mine)) offline();
      else if (!mine) show({ state: 'failed', problem: said.error.text });
      return null;
    });
  }

  function open() {
    looked += 1;
    const opening = looked;
    return store.kept(KEPT).then((kept) => {
      if (opening !== looked) return null;
      if (!alive(kept)) return renew();
      return put(kept).then(() => (outdated || Date.now() - asked > OFTEN ? renew() : null));
    });
  }

  function close() {
    looked += 1;
    stop();
  }

  return { open, close, renew };
}

// forget takes the kept pass away: of an account that is nobody's.
const forget = (store) => store.forget(KEPT);

// expire has the next opening ask anew, whenever the last one did.
function expire() { outdated = true; }

module.exports = { make, held, forget, expire };
