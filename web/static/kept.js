// What was scanned without a network and waits to be delivered. It is kept on this
// device by guard and venue, as the text of the pass and the id of the visit, for a day;
// whom it is of stands nowhere in it. After offline.js. Browser: HealthGate.kept.
(function (staff, gate) {
  'use strict';

  const DAY = 24 * 3600000; // milliseconds that one is kept
  const MOST = 500; // of one guard
  const BATCH = 50; // in one request
  const WAIT = 20000; // milliseconds that a request may take
  const EVERY = 15000; // milliseconds between two tries
  const page = document.getElementById('gate');
  const at = (id) => document.getElementById(id);
  const { text } = staff;
  const { offline, scanner } = gate;
  const PREFIX = 'gate.kept.';
  const mine = PREFIX + page.dataset.staff + '.';
  const place = () => mine + page.dataset.venue;
  let busy = false;
  let lost = 0; // of this guard's, for they were too old
  let why = ''; // the service does not take them
  let recorded = 0; // since the guard last said that it was read
  let sure = false; // the guard signs out all the same

  function names(prefix) {
    try { return Object.keys(localStorage).filter((name) => name.startsWith(prefix)); } catch (error) { return []; }
  }

  function list(name) {
    try { return JSON.parse(localStorage.getItem(name)) || []; } catch (error) { return []; }
  }

  function write(name, scans) {
    try {
      if (scans.length) localStorage.setItem(name, JSON.stringify(scans));
      else localStorage.removeItem(name);
      return true;
    } catch (error) {
      return false; // a private window keeps nothing
    }
  }

  // sweep drops what is too old, whosever it is.
  function sweep() {
    names(PREFIX).forEach((name) => {
      const all = list(name);
      const young = all.filter((one) => scanner.timeOf(one.id) > staff.now() - DAY);
      if (young.length === all.length) return;
      write(name, young);
      if (name.startsWith(mine)) lost += all.length - young.length;
    });
  }

  const waiting = () => names(mine).reduce((sum, name) => sum + list(name).length, 0);

  function draw() {
    const n = waiting();
    const said = [n && text('kept.n', { n }), n >= MOST && text('kept.full'), n && why, lost && text('kept.lost', { n: lost })].filter(Boolean).join(' ');
    if (at('waiting').textContent !== said) at('waiting').textContent = said;
    at('deliver').hidden = !n || !page.dataset.venue;
    page.toggleAttribute('data-waits', Boolean(said));
  }

  // add keeps one, and reports whether it could.
  function add(id, pass) {
    sweep();
    const kept = waiting() < MOST && write(place(), list(place()).concat({ id, pass }));
    draw();
    return kept;
  }

  // handIn sends what waits for that venue, and takes away what was answered.
  async function handIn(name, venue) {
    for (let batch; (batch = list(name).slice(0, BATCH)).length;) {
      const answer = offline.reached(await staff.send('POST', '/v1/scans/kept', { venue, scans: batch }, WAIT));
      why = answer.ok || !answer.status || answer.status >= 429 ? '' : answer.problem.text; // too many at once go later
      if (!answer.ok) {
        staff.signedOut(answer);
        return;
      }
      const done = answer.body.scans.map((one) => one.id);
      write(name, list(name).filter((one) => !done.includes(one.id)));
      tell(answer.body.scans);
      if (!done.includes(batch[0].id)) return;
    }
  }

  // deliver hands in what waits for the venue where the guard stands. What got no answer
  // stays.
  async function deliver() {
    if (busy || !page.dataset.venue) return;
    busy = true;
    sweep();
    await handIn(place(), page.dataset.venue).finally(() => { busy = false; });
    draw();
  }

  const hour = new Intl.DateTimeFormat(document.documentElement.lang, {
    hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: page.dataset.zone || undefined,
  });

  // row is one whom the guard has to know about: what they would be told now, or why it
  // was not recorded.
  function row(one) {
    const item = at('one-delivered').content.cloneNode(true).firstElementChild;
    const part = (name) => item.querySelector('[data-part=' + name + ']');
    const phone = part('phone');
    part('time').textContent = hour.format(new Date(one.recorded ? one.at : scanner.timeOf(one.id)));
    part('what').textContent = one.recorded ? text('advice.' + one.advice) : text('kept.not');
    part('who').textContent = one.recorded ? [one.name, one.document, one.word].filter(Boolean).join(' · ') : one.error.text;
    part('shape').setAttribute('href', one.recorded && one.colour ? '#shape-' + one.colour : '#shape-none');
    phone.hidden = !one.phone;
    if (one.phone) {
      phone.href = 'tel:' + one.phone.replace(/[^\d+]/g, '');
      phone.textContent = text('call', { phone: one.phone });
    }
    return item;
  }

  function tell(scans) {
    recorded += scans.filter((one) => one.recorded).length;
    const not = scans.filter((one) => !one.recorded || one.advice !== 'pass');
    at('delivered-list').append(...not.map(row));
    const any = at('delivered-list').childElementCount > 0;
    at('delivered-say').textContent = [text('kept.recorded', { n: recorded }), any && text('kept.now')].filter(Boolean).join(' ');
    at('delivered').hidden = false;
    if (not.length) at('announce').textContent = at('delivered-say').textContent;
  }

  at('delivered-done').addEventListener('click', () => {
    recorded = 0;
    at('delivered-list').replaceChildren();
    at('delivered').hidden = true;
    const heading = document.querySelector('#' + page.dataset.view + ' h1');
    heading.tabIndex = -1;
    heading.focus(); // what had the focus is gone
  });

  // goes reports whether the guard may go to that venue. What waits for another one that
  // they can choose has to be delivered there first; then the form is sent again.
  function goes(form, venue) {
    const other = () => Array.from(form.elements.venue.options)
      .find((one) => one.value !== venue && list(mine + one.value).length > 0);
    if (!other()) return true;
    deliver().then(() => {
      const left = other();
      if (left) staff.explain(form, { field: 'venue', text: text('kept.venue', { n: list(mine + left.value).length, venue: left.text }) });
      else form.requestSubmit();
    });
    return false;
  }

  // Signing out asks first, after a last try. The press is made again once nothing waits
  // and nothing is left to be read, or the guard is sure.
  document.addEventListener('click', async (event) => {
    const button = event.target.closest('[data-sign-out]');
    if (!button || sure || !waiting()) return;
    event.stopPropagation();
    await deliver();
    if (waiting()) {
      at('leaving-say').textContent = text('leaving.say', { n: waiting() });
      at('leaving').showModal();
    } else if (!at('delivered-list').childElementCount) {
      button.click();
    }
  }, true);
  at('leaving-no').addEventListener('click', () => at('leaving').close());
  at('leaving-yes').addEventListener('click', () => {
    sure = true;
    at('leaving').close();
    document.querySelector('[data-sign-out]').click();
  });

  at('deliver').addEventListener('click', deliver);
  offline.onBack(deliver);
  setInterval(() => { if (waiting()) deliver(); }, EVERY);

  gate.kept = { add, draw, deliver, goes };
  sweep();
  draw();
})(window.HealthStaff, window.HealthGate);
