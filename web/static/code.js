// The code page: draws a new pass every few seconds from what the page brought,
// and keeps that on the phone, so that the code still opens when nothing answers.
(function () {
  'use strict';

  const texts = JSON.parse(document.getElementById('texts').textContent);
  const data = JSON.parse(document.getElementById('pass').textContent);
  const offset = data.serverTime - Date.now();
  const canvas = document.getElementById('qr');
  const clock = document.getElementById('clock');
  const locale = document.documentElement.lang === 'zh' ? 'zh-CN' : 'en-GB';
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: data.zone });
  const hands = new Intl.DateTimeFormat(locale, { timeStyle: 'medium', hourCycle: 'h23', timeZone: data.zone });

  function tick() {
    const now = new Date(Date.now() + offset);
    document.getElementById('day').textContent = day.format(now);
    document.getElementById('hands').textContent = hands.format(now);
    clock.dateTime = now.toISOString();
    setTimeout(tick, 1000 - ((Date.now() + offset) % 1000));
  }

  // renew loads the page again, once the service is known to answer: a code that is
  // still good is not given up for an error page.
  let silent = false; // the service did not answer the last time
  let renewing = false;
  function renew() {
    if (renewing) return;
    renewing = true;
    fetch('/v1/pass', { credentials: 'same-origin', cache: 'no-store' })
      .then(function (response) { if (response.status >= 500) throw new Error('busy'); location.reload(); })
      .catch(function () {
        renewing = false;
        silent = true;
        line();
        if (!document.getElementById('stale').hidden) setTimeout(renew, 3000 + Math.random() * 9000);
      });
  }

  window.HealthPass.start({
    canvas: canvas,
    grant: data.grant,
    seed: data.seed,
    slotSeconds: data.slotSeconds,
    prefix: data.prefix,
    offsetMillis: offset,
    onSlot: function (slot) {
      // Ask for the next grant some time before this one ends, and not all at once.
      if (slot.expires - (Date.now() + offset) < 600000 && navigator.onLine && !document.hidden && Math.random() < 0.02) renew();
    },
    onExpired: function () {
      document.getElementById('stale').hidden = false;
      setTimeout(renew, 1000 + Math.random() * 4000);
    },
  });

  function line() {
    const offline = document.getElementById('offline');
    offline.hidden = navigator.onLine && !silent;
    offline.textContent = offline.hidden ? '' : texts.offline;
  }
  addEventListener('online', function () { silent = false; line(); });
  addEventListener('offline', line);
  line();
  tick();
  try { // what the page before this one has done
    document.getElementById('said').textContent = sessionStorage.getItem('note') || '';
    sessionStorage.removeItem('note');
  } catch (error) { /* a private window keeps nothing */ }
})();
