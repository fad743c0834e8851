// A venue's door: the poster stands in the fragment of the address. It is taken
// out of it at once, and the visit is recorded under an id that is made here, so
// that asking again doubles nothing.
(function () {
  'use strict';

  const app = window.HealthApp;
  const poster = location.hash.slice(1);
  history.replaceState(null, '', location.pathname + location.search);
  addEventListener('hashchange', function () { location.reload(); }); // opened again, by another poster

  const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

  // ulid is an id that begins with its time (github.com/ulid/spec).
  function ulid() {
    let out = '';
    for (let i = 0, t = Date.now(); i < 10; i++, t = Math.floor(t / 32)) out = ALPHABET[t % 32] + out;
    crypto.getRandomValues(new Uint8Array(16)).forEach(function (b) { out += ALPHABET[b % 32]; });
    return out;
  }

  const id = ulid();
  const says = document.getElementById('says');
  const when = new Intl.DateTimeFormat(document.documentElement.lang === 'zh' ? 'zh-CN' : 'en-GB', { dateStyle: 'medium', timeStyle: 'medium',
    hourCycle: 'h23', timeZone: document.querySelector('[data-zone]').dataset.zone }); // the place's time, not the phone's

  function show(seen) {
    const face = document.getElementById('seen');
    document.getElementById('venue').textContent = seen.venue;
    document.getElementById('at').textContent = when.format(new Date(seen.at));
    document.getElementById('word').textContent = seen.word;
    document.querySelector('[data-shape=' + seen.colour + ']').hidden = false;
    document.getElementById('until').textContent = seen.until && seen.colour !== 'grey' ? app.texts.until + ' ' + when.format(new Date(seen.until)) : '';
    face.className = 'face colour-' + seen.colour;
    face.hidden = false;
    face.focus();
    says.textContent = app.texts.recorded + ' ' + seen.venue + ' ' + seen.word;
  }

  const retry = document.getElementById('retry');
  retry.addEventListener('click', function () { retry.hidden = true; ask(1); });

  function ask(tries) {
    app.send('POST', '/v1/visits', { id: id, poster: poster }).then(function (answer) {
      if (answer.ok) { show(answer.body); return; }
      const error = app.problem(answer);
      says.textContent = error.text;
      const unheard = answer.status === 0 || answer.status >= 500;
      if (unheard && tries < 3) { setTimeout(function () { ask(tries + 1); }, 2000 * tries); return; }
      retry.hidden = !unheard;
      document.getElementById('consent').hidden = error.reason !== 'consent.not_given';
    });
  }

  if (poster) ask(1);
  else says.textContent = app.texts.nothing;
})();
