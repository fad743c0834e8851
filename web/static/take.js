// Taking down where somebody goes who has no phone or no code here. After gate.js,
// form.js and party.js. What was entered stands in this page's memory and nowhere else, and
// goes when it is sent or somebody else is taken down.
(function (staff, gate, forms, party) {
  'use strict';

  const at = (id) => document.getElementById(id);
  const text = staff.text;
  const form = at('take-form');
  if (!form) return; // the guard stands at a door
  let taken = null; // what was read of whom it is about: see reading in gate.js
  let changed = false; // something is filled in about them

  const who = (of) => [of.name || of.from, of.shown].filter(Boolean).join(' · ');

  // begin makes the form ready for somebody else.
  function begin() {
    form.reset();
    forms.clear(form);
    party.empty();
    form.querySelectorAll('.stay [data-remove]').forEach((button, i) => { if (i > 0) button.closest('.stay').remove(); });
    form.lastSaid = '';
    changed = false;
    at('take-who').textContent = who(taken);
    at('take-guest').hidden = !taken.guest;
    forms.arrange(form);
  }

  // ask shows the form, or the question what becomes of another one that is half done.
  function ask(yes) {
    at('take-ask').hidden = !yes;
    form.hidden = yes;
    if (yes) {
      at('take-ask-say').textContent = text('take.ask', { who: who(taken) });
      at('take-begin').textContent = text('take.begin', { who: who(gate.reading()) });
    }
  }

  function next() {
    taken = gate.reading();
    begin();
    ask(false);
  }

  at('to-take').addEventListener('click', () => {
    const another = taken !== gate.reading();
    if (another && !(taken && changed)) next();
    else ask(another);
    gate.view('take', at('take-title'));
  });
  at('take-begin').addEventListener('click', () => {
    next();
    at('take-title').focus(); // what had the focus is gone
  });
  at('take-on').addEventListener('click', () => {
    ask(false);
    at('take-title').focus();
  });
  at('from-take').addEventListener('click', () => gate.view('scan', at('to-take')));

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (form.getAttribute('aria-busy') === 'true') return;
    forms.clear(form);
    const said = Object.assign(party.where(form), { visit: taken.visit, whom: taken.whom, name: party.value(form, 'name'), phone: party.value(form, 'phone') });
    const now = JSON.stringify(said);
    if (form.lastSaid !== now) { // the same again goes under the same key: it may have arrived
      form.lastSaid = now;
      form.key = Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');
    }
    form.setAttribute('aria-busy', 'true');
    const answer = await staff.send('POST', '/v1/gate/arrivals', said, undefined, { 'Idempotency-Key': form.key });
    form.removeAttribute('aria-busy');
    if (!answer.ok) {
      if (!staff.signedOut(answer)) forms.explain(form, answer.problem);
      return;
    }
    taken = null;
    gate.answered(answer.body);
    gate.view('scan', at('result'));
  });

  form.addEventListener('input', () => { changed = true; });
  form.addEventListener('change', () => {
    changed = true;
    forms.arrange(form);
  });
  forms.begin(form);
})(window.HealthStaff, window.HealthGate, window.HealthForm, window.HealthParty);
