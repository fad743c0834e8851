// The queue of a gateway: who waits for a check, whom to call, and what it came to.
// After gate.js.
(function (staff, gate) {
  'use strict';

  const EVERY = 15000; // milliseconds between two looks while the list is on the screen
  const at = (id) => document.getElementById(id);
  const text = staff.text;
  const page = at('gate');
  let turns = [];

  const hour = new Intl.DateTimeFormat(document.documentElement.lang, {
    hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: page.dataset.zone || undefined,
  });

  function say(sentence) {
    at('queue-status').textContent = '';
    requestAnimationFrame(() => { at('queue-status').textContent = sentence; });
  }

  function row(turn) {
    const item = at('turn').content.cloneNode(true).firstElementChild;
    const part = (name) => item.querySelector('[data-part=' + name + ']');
    const number = text('number', { n: turn.number });
    part('number').textContent = number;
    part('name').textContent = turn.name || (turn.handle ? text('queue.elsewhere', { from: turn.from, handle: turn.handle.slice(0, 4) }) : '');
    part('say').textContent = turn.say;
    part('since').textContent = text('queue.since', { time: hour.format(new Date(turn.since)) });
    part('called').hidden = !turn.called;
    const outcomes = item.querySelector('[role=group]');
    outcomes.hidden = !turn.called;
    outcomes.setAttribute('aria-label', number);
    outcomes.querySelectorAll('[data-outcome]').forEach((button) => {
      button.addEventListener('click', () => act('/outcome', turn, { outcome: button.dataset.outcome }, 'queue.did.closed'));
    });
    return item;
  }

  function draw(list) {
    if (JSON.stringify(list) === JSON.stringify(turns) && at('turns').childElementCount === list.length) return;
    turns = list;
    at('turns').replaceChildren(...list.map(row));
    at('turns-none').hidden = list.length > 0;
    at('queue-next').hidden = !list.some((turn) => !turn.called);
  }

  async function load() {
    const answer = await staff.send('GET', '/v1/queue');
    if (answer.ok) draw(answer.body.turns);
    else if (!staff.signedOut(answer)) say(answer.problem.text);
    at('turns-none').hidden = !answer.ok || turns.length > 0;
  }

  // act does something about one who waits, and says what became of it. Sending it
  // again does nothing twice.
  async function act(what, turn, body, said) {
    const answer = await staff.once(at('queue'), 'POST', '/v1/queue/' + turn.id + what, body);
    if (!answer || !answer.ok && staff.signedOut(answer)) return;
    await load();
    say(answer.ok ? text(said, { n: turn.number }) : answer.problem.text);
    at('queue-title').focus(); // what had the focus is gone
  }

  at('to-queue').addEventListener('click', () => {
    gate.view('queue', at('queue-title'));
    load();
  });
  at('from-queue').addEventListener('click', () => gate.view('scan', at('to-queue')));
  at('queue-again').addEventListener('click', load);
  at('queue-next').addEventListener('click', () => {
    const next = turns.find((turn) => !turn.called);
    if (next) act('/call', next, undefined, 'queue.did.called');
  });
  setInterval(() => { if (page.dataset.view === 'queue' && !document.hidden) load(); }, EVERY);
})(window.HealthStaff, window.HealthGate);
