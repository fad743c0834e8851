// Making a card on paper, on the page where a worker acts for a resident. What the
// service answers stands on the page alone and goes when the page does. After staff.js
// and form.js. Browser: HealthPrint.
(function (staff, forms) {
  'use strict';

  const at = (id) => document.getElementById(id);

  // say tells what became of something.
  function say(sentence) {
    at('status').textContent = '';
    requestAnimationFrame(() => { at('status').textContent = sentence; });
  }

  function draw(qr) {
    const svg = at('print-code');
    svg.setAttribute('viewBox', '0 0 ' + qr.size + ' ' + qr.size);
    const [ground, modules] = svg.querySelectorAll('path');
    ground.setAttribute('d', 'M0 0h' + qr.size + 'v' + qr.size + 'H0z');
    modules.setAttribute('d', qr.path);
  }

  // fill puts the card onto the page; the community is said in every language.
  function fill(card) {
    draw(card.qr);
    document.querySelectorAll('[data-print]').forEach((place) => {
      const value = card[place.dataset.print];
      place.replaceChildren(...(typeof value === 'string' ? [value] : Object.keys(value).sort().reverse().map((language) => {
        const word = document.createElement('span');
        word.lang = language;
        word.textContent = value[language] + ' ';
        return word;
      })));
    });
    at('sheet').hidden = false;
    at('sheet').focus();
  }

  function hide() {
    at('sheet').hidden = true;
    document.querySelectorAll('[data-print]').forEach((place) => place.replaceChildren());
    at('print-code').querySelectorAll('path').forEach((path) => path.removeAttribute('d'));
  }

  // held shows the card that the resident has, and lets it be ended.
  function held(form, card, ended) {
    const note = form.querySelector('[data-print-now]');
    note.hidden = !card;
    if (!card) return;
    form.querySelector('[data-print-said]').textContent = staff.text('card', { made: card.made, until: card.until });
    const lost = form.querySelector('[data-print-lost]');
    lost.onclick = async () => {
      forms.clear(form);
      lost.disabled = true;
      const answer = await staff.send('DELETE', '/v1/on-behalf/prints/' + card.id);
      lost.disabled = false;
      if (!answer.ok) {
        if (!staff.signedOut(answer)) forms.explain(form, answer.problem);
        return;
      }
      note.hidden = true;
      hide();
      ended();
      say(staff.text('withdrawn'));
    };
  }

  at('print').addEventListener('click', () => window.print());

  window.HealthPrint = { fill, hide, held };
})(window.HealthStaff, window.HealthForm);
