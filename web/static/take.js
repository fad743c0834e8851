// Taking down where somebody goes who has no phone or no code here. After gate.js,
// form.js and party.js. What was entered stands in this page's memory and nowhere else,
// and goes with the next reading.
(function (staff, gate, forms, party) {
  'use strict';

  const at = (id) => document.getElementById(id);
  const form = at('take-form');
  if (!form) return; // the guard stands at a door
  let taken = null; // what was read of whom it is about: see reading in gate.js

  // begin makes the form ready for somebody else.
  function begin() {
    form.reset();
    forms.clear(form);
    party.empty();
    form.querySelectorAll('.stay [data-remove]').forEach((button, i) => { if (i > 0) button.closest('.stay').remove(); });
    form.lastSaid = '';
    at('take-who').textContent = [taken.name || taken.from, taken.shown].filter(Boolean).join(' · ');
    at('take-guest').hidden = !taken.guest;
    forms.arrange(form);
  }

  at('to-take').addEventListener('click', () => {
    if (taken !== gate.reading()) {
      taken = gate.reading();
      begin();
    }
    gate.view('take', at('take-title'));
  });
  at('from-take').addEventListener('click', () => gate.view('scan', at('to-take')));

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (form.getAttribute('aria-busy') === 'true') return;
    forms.clear(form);
    const said = Object.assign(party.where(form), { visit: taken.visit, name: party.value(form, 'name'), phone: party.value(form, 'phone') });
    if (taken.document) said.document = taken.document;
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

  form.addEventListener('change', () => forms.arrange(form));
  forms.begin(form);
})(window.HealthStaff, window.HealthGate, window.HealthForm, window.HealthParty);
