// The face of a code or a card: draws a new pass every few seconds from what the page
// brought, without asking anybody, and asks for the next grant in time. As long as
// nothing answers, the page that stands there goes on until its grant ends: it is
// never left for one that may not come.
(function () {
  'use strict';

  const WAIT = 8000; // milliseconds until a request counts as lost
  const OFTEN = 60000; // milliseconds between askings when the page is looked at again
  const SPARE = 600000; // milliseconds before a grant's end in which the next is asked for

  const texts = JSON.parse(document.getElementById('texts').textContent);
  const face = document.querySelector('main').dataset;
  const clock = document.getElementById('clock');
  const offline = document.getElementById('offline');
  const stale = document.getElementById('stale');
  const first = JSON.parse(document.getElementById('pass').textContent);
  const locale = document.documentElement.lang === 'zh' ? 'zh-CN' : 'en-GB';
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: first.zone });
  const hands = new Intl.DateTimeFormat(locale, { timeStyle: 'medium', hourCycle: 'h23', timeZone: first.zone });
  const minutes = new Intl.DateTimeFormat(locale, { timeStyle: 'short', hourCycle: 'h23', timeZone: first.zone });

  let offset = 0; // the server's clock minus this phone's
  let expires = 0;
  let asked = Date.now();
  let asking = false;
  let due = false; // it was time to ask while nobody looked
  let lost = false; // the last asking was not answered
  let timer = 0;
  let spare = 0;
  let shown = null;
  let where = '';
  let differs = null;

  function now() { return Date.now() + offset; }

  function tick() {
    const at = new Date(now());
    document.getElementById('day').textContent = day.format(at);
    document.getElementById('hands').textContent = hands.format(at);
    clock.dateTime = at.toISOString();
    setTimeout(tick, 1000 - (now() % 1000));
  }

  function show(pass) {
    clearTimeout(timer);
    if (shown) shown.stop();
    stale.hidden = true;
    offset = pass.serverTime - Date.now();
    shown = window.HealthPass.start({
      canvas: document.getElementById('qr'),
      grant: pass.grant,
      seed: pass.seed,
      slotSeconds: pass.slotSeconds,
      prefix: pass.prefix,
      offsetMillis: offset,
      // Before it ends, and phones that opened it together not all at once.
      onSlot: function (slot) {
        expires = slot.expires;
        if (expires - now() < spare && Math.random() < 0.02) ask();
      },
      onExpired: function () { stale.hidden = false; line(); again(1000, 4000); },
    });
    spare = Math.min(SPARE, (expires - now()) / 4); // of a short one, its last quarter
  }

  function again(least, more) {
    clearTimeout(timer);
    timer = setTimeout(ask, least + Math.random() * more);
  }

  function ask() {
    due = document.hidden; // then asked when it is looked at again
    if (due || asking) return;
    asking = true;
    asked = Date.now();
    const stop = new AbortController();
    const late = setTimeout(function () { stop.abort(); }, WAIT);
    fetch(where, { credentials: 'same-origin', signal: stop.signal })
      .then(function (response) {
        if (response.status < 500) lost = false;
        if (response.status === 429 || response.status >= 500) throw new Error('not now');
        return response.ok ? response.json() : null;
      })
      .then(function (said) {
        if (!said || differs(said)) { location.reload(); return; }
        show({ grant: said.grant, seed: said.seed, slotSeconds: said.slot_seconds, prefix: said.prefix, serverTime: said.server_time });
      })
      .catch(function () { lost = true; if (stale.hidden) again(15000, 15000); else again(3000, 9000); })
      .then(function () { clearTimeout(late); asking = false; line(); });
  }

  function line() {
    offline.hidden = navigator.onLine && !lost || !stale.hidden;
    offline.textContent = offline.hidden ? '' : texts.offline.replace('{time}', minutes.format(new Date(expires)));
  }

  // start shows what the page brought. Where to ask is the page's, and whether there
  // are other words to show than those that stand there.
  window.HealthFace = {
    face: face,
    differs: function (said) {
      return said.colour !== face.colour || String(said.verified) !== face.verified ||
        (said.until ? Math.floor(Date.parse(said.until) / 1000) : 0) !== Number(face.until);
    },
    start: function (path, otherwise) {
      where = path;
      differs = otherwise;
      show(first);
      tick();
      line();
      addEventListener('online', ask);
      addEventListener('offline', line);
      document.addEventListener('visibilitychange', function () {
        if (!document.hidden && (due || Date.now() - asked > OFTEN)) ask();
      });
    },
  };
})();
