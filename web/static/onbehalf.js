// Declaring for a resident, and writing down that one has moved. The form of their
// place is drawn when the service has found them. After staff.js and form.js.
(function (staff, forms) {
  'use strict';

  const text = staff.text;
  const NOTE = 'console.note'; // what the next page is to say
  const at = (id) => document.getElementById(id);
  const find = at('find');
  const found = at('found');
  const drawn = at('drawn');
  let person = null; // the document of whom it is about: it stands nowhere but here

  // Finding. The document goes into a request's body, never into an address.
  staff.form(find, () => {
    const number = find.elements.document.value.toUpperCase().replace(/\s/g, '');
    person = { type: find.elements.type.value, number };
    return { document: person };
  }, (resident) => {
    document.querySelectorAll('[data-found]').forEach((place) => { place.textContent = resident[place.dataset.found]; });
    document.querySelectorAll('[data-in]').forEach((button) => { button.parentNode.hidden = button.dataset.in !== resident.jurisdiction; });
    find.hidden = true;
    found.hidden = false;
    found.focus();
  });

  at('another').addEventListener('click', () => {
    person = null;
    find.reset();
    drawn.replaceChildren();
    press('');
    found.hidden = true;
    find.hidden = false;
    find.elements.document.focus();
  });

  function press(which) {
    document.querySelectorAll('[data-draw]').forEach((button) => button.setAttribute('aria-pressed', String(button.dataset.draw === which)));
  }

  document.querySelectorAll('[data-draw]').forEach((button) => button.addEventListener('click', () => {
    if (button.getAttribute('aria-pressed') === 'true') return; // what was filled in stays
    press(button.dataset.draw);
    drawn.replaceChildren(at('draw-' + button.dataset.draw).content.cloneNode(true));
    const form = drawn.querySelector('form');
    forms.begin(form);
    forms.arrange(form);
    form.addEventListener('change', () => forms.arrange(form));
    form.addEventListener('submit', (event) => { event.preventDefault(); send(form); });
    form.querySelector('h2').focus();
  }));

  async function send(form) {
    if (form.getAttribute('aria-busy') === 'true') return;
    forms.clear(form);
    const body = form.dataset.declare ? forms.declared(form) : { community: form.elements.community.value };
    form.setAttribute('aria-busy', 'true');
    const answer = await staff.send('POST', form.dataset.path, Object.assign(body, { document: person, evidence: form.elements.evidence.value }));
    form.removeAttribute('aria-busy');
    if (answer.ok) leave('/console/proposals/' + answer.body.id, text(answer.body.state === 'agreed' ? 'counts' : 'waits'));
    else if (!staff.signedOut(answer)) forms.explain(form, answer.problem);
  }

  // leave goes on, and has the next page say what became of it.
  function leave(path, sentence) {
    try { sessionStorage.setItem(NOTE, sentence); } catch (error) { /* it is only a courtesy */ }
    location.assign(path);
  }
})(window.HealthStaff, window.HealthForm);
