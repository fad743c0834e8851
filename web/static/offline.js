// What a gate does while the service cannot be reached: it opens passes by itself, with
// the public keys that the service gave it for some hours, and says on the page that it
// does. The keys stand in this page's memory. After verify.js, scanner.js and staff.js.
// Browser: HealthGate.offline.
(function (staff, gate, open) {
  'use strict';

  const HOUR = 3600000; // milliseconds after which the keys are asked for again
  const EVERY = 15000; // milliseconds between two tries to reach the service
  const page = document.getElementById('gate');
  const at = (id) => document.getElementById(id);
  const back = []; // what is to be done when the service is reached again
  let keys = [];
  let until = 0;
  let asked = 0; // when the keys came
  let away = false; // the last request had no answer

  const words = {}; // of colours, advice and refusals, as the service says them
  at('words').content.querySelectorAll('[data-of]').forEach((one) => { words[one.dataset.of] = one.textContent; });

  // ready reports whether passes can be opened here. WebCrypto is missing without https.
  const ready = () => Boolean(self.crypto && crypto.subtle) && staff.now() < until;

  function draw() {
    const [can, cannot] = [away && ready(), away && !ready()];
    at('away-say').hidden = !can;
    at('away-keyless').hidden = !cannot;
    page.toggleAttribute('data-away', away);
  }

  // reached is told of every answer, and of a request that had none.
  function reached(answer) {
    const was = away;
    away = !answer.status || answer.status >= 500;
    draw();
    if (was && !away) back.forEach((call) => call());
    return answer;
  }

  async function ask() {
    const answer = reached(await staff.send('GET', '/v1/gate/keys'));
    if (!answer.ok) return;
    keys = answer.body.passes;
    until = Date.parse(answer.body.until);
    asked = staff.now();
    draw();
  }

  // stands has the keys at hand for a guard who stands at a venue.
  function stands() {
    if (!ready() || staff.now() - asked > HOUR) ask();
  }

  // look opens what was scanned at that time: see open in verify.js. null when it cannot.
  async function look(scanned, then) {
    if (!ready()) return null;
    return open(scanned, keys, then).catch(() => null);
  }

  window.addEventListener('offline', () => reached({ status: 0 }));
  window.addEventListener('online', () => { if (page.dataset.venue) ask(); });
  setInterval(() => {
    if (page.dataset.venue && (away || staff.now() - asked > HOUR)) ask();
  }, EVERY);
  // Without a network there is no coming back to this page.
  window.addEventListener('beforeunload', (event) => { if (away) event.preventDefault(); });

  gate.offline = { reached, stands, look, words, away: () => away, onBack(call) { back.push(call); } };
})(window.HealthStaff, window.HealthGate, window.HealthPass.open);
