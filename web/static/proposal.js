// Proposals: entering one, agreeing to a colleague's or refusing it, and ending an order
// or a listing. After staff.js.
(function (staff) {
  'use strict';

  const text = staff.text;

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
      (made) => staff.leave('/console/proposals/' + made.id, text('proposed')));
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
    }, () => staff.leave(location.pathname, text(done)));
  }

  document.querySelectorAll('[data-end]').forEach((button) => button.addEventListener('click', async () => {
    const answer = await staff.once(button, 'DELETE', button.dataset.end);
    if (!answer) return;
    if (answer.ok) staff.leave(location.pathname, text('ended'));
    else if (!staff.signedOut(answer)) staff.say(answer.problem.text);
  }));
})(window.HealthStaff);
