// Declaring for a resident, writing down that one has moved, and printing a card for
// them. The form of their place is drawn when the service has found them. After
// staff.js, form.js and print.js.
(function (staff, forms, prints) {
  'use strict';

  const text = staff.text;
  const at = (id) => document.getElementById(id);
  const find = at('find');
  const found = at('found');
  const drawn = at('drawn');
  let person = null; // the document of whom it is about: it stands nowhere but here
  let card = null; // the printed card that they have

  // Finding. The document goes into a request's body, never into an address.
  staff.form(find, () => {
    const number = find.elements.document.value.toUpperCase().replace(/\s/g, '');
    person = { type: find.elements.type.value, number };
    return { document: person };
  }, (resident) => {
    card = resident.print;
    document.querySelectorAll('[data-found]').forEach((place) => { place.textContent = resident[place.dataset.found]; });
    document.querySelectorAll('[data-in]').forEach((button) => { button.parentNode.hidden = button.dataset.in !== resident.jurisdiction; });
    find.hidden = true;
    found.hidden = false;
    found.focus();
  });

  at('another').addEventListener('click', () => {
    person = null;
    card = null;
    prints.hide();
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
    prints.hide();
    drawn.replaceChildren(at('draw-' + button.dataset.draw).content.cloneNode(true));
    const form = drawn.querySelector('form');
    forms.begin(form);
    forms.arrange(form);
    form.addEventListener('change', () => forms.arrange(form));
    form.addEventListener('submit', (event) => { event.preventDefault(); send(form); });
    if (button.dataset.draw === 'print') prints.held(form, card, () => { card = null; });
    form.querySelector('h2').focus();
  }));

  // said is what the form asks for besides the resident.
  function said(form) {
    if (!form.elements.evidence) return {};
    const body = form.dataset.declare ? forms.declared(form) : { community: form.elements.community.value };
    return Object.assign(body, { evidence: form.elements.evidence.value });
  }

  async function send(form) {
    if (form.getAttribute('aria-busy') === 'true') return;
    forms.clear(form);
    form.setAttribute('aria-busy', 'true');
    const answer = await staff.send('POST', form.dataset.path, Object.assign(said(form), { document: person }));
    form.removeAttribute('aria-busy');
    if (answer.ok && answer.body.qr) printed(form, answer.body);
    else if (answer.ok) staff.leave('/console/proposals/' + answer.body.id, text(answer.body.state === 'agreed' ? 'counts' : 'waits'));
    else if (!staff.signedOut(answer)) forms.explain(form, answer.problem);
  }

  // printed shows the card that was just made: it is the one that they have now.
  function printed(form, made) {
    card = made;
    prints.held(form, card, () => { card = null; });
    prints.fill(made);
  }
})(window.HealthStaff, window.HealthForm, window.HealthPrint);
