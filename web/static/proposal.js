// Proposals: entering one, agreeing to a colleague's or refusing it, and ending an order
// or a listing. After staff.js.
(function (staff) {
  'use strict';

  const text = staff.text;
  const NOTE = 'console.note'; // what the next page is to say
  const status = document.getElementById('status');

  function say(sentence) {
    status.textContent = '';
    requestAnimationFrame(() => { status.textContent = sentence; });
  }

  // leave goes on, and has the next page say what was done here.
  function leave(path, sentence) {
    try { sessionStorage.setItem(NOTE, sentence); } catch (error) { /* it is only a courtesy */ }
    location.assign(path);
  }

  function told() {
    try {
      const sentence = sessionStorage.getItem(NOTE);
      sessionStorage.removeItem(NOTE);
      if (sentence) say(sentence);
    } catch (error) { /* nothing to say then */ }
  }

  // collect reads the form of a lever. The document's type stands beside its number.
  function collect(form) {
    const out = {};
    new FormData(form).forEach((value, name) => { out[name] = value.trim(); });
    form.querySelectorAll('input[type="checkbox"]').forEach((box) => { out[box.name] = box.checked; });
    if (!('document' in out)) return out;
    out.document = { type: out.type, number: out.document.toUpperCase().replace(/\s/g, '') };
    delete out.type;
    return out;
  }

  document.querySelectorAll('form[data-propose]').forEach((form) => {
    const empty = form.dataset.propose === 'order' ? { reason: '' } : form.dataset.propose === 'listing' ? { level: '' } : {};
    staff.form(form, () => Object.assign({}, empty, collect(form)),
      (made) => leave('/console/proposals/' + made.id, text('proposed')));
  });

  // Judging. Agreeing needs no words; whoever refuses says why, and whoever takes
  // their own back need not.
  const judge = document.getElementById('judge');
  if (judge) {
    let done = '';
    staff.form(judge, (button) => {
      if (!button) return null;
      const words = judge.elements.words.value.trim();
      done = button.value;
      if (done === 'refusal' && 'own' in button.dataset) done = 'withdrawn';
      if (done === 'refusal' && !words) {
        staff.explain(judge, { field: 'words', text: text('words.required') });
        return null;
      }
      judge.dataset.action = judge.dataset.path + button.value;
      return { words };
    }, () => leave(location.pathname, text(done)));
  }

  document.querySelectorAll('[data-end]').forEach((button) => button.addEventListener('click', async () => {
    if (button.getAttribute('aria-busy') === 'true') return;
    button.setAttribute('aria-busy', 'true');
    const answer = await staff.send('DELETE', button.dataset.end);
    button.removeAttribute('aria-busy');
    if (answer.ok) leave(location.pathname, text('ended'));
    else if (!staff.signedOut(answer)) say(answer.problem.text);
  }));

  told();
})(window.HealthStaff);
