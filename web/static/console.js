// The console of community workers and administrators: claiming, judging, inviting.
// After staff.js.
(function (staff) {
  'use strict';

  const text = staff.text;

  // Claiming and putting back. Whoever claims is shown the case at once.
  document.querySelectorAll('[data-claim], [data-release]').forEach((button) => {
    button.addEventListener('click', async () => {
      const claims = 'claim' in button.dataset;
      const id = button.dataset.claim || button.dataset.release;
      const answer = await staff.once(button, claims ? 'POST' : 'DELETE', '/v1/reviews/' + id + '/claim');
      if (!answer) return;
      if (answer.ok && claims) location.assign('/console/reviews/' + id);
      else if (answer.ok) staff.leave('/console', text('released'));
      else if (!staff.signedOut(answer)) staff.say(answer.problem.text);
    });
  });

  // Up and down go through the queue, as in every list of a desk.
  const queue = document.getElementById('queue');
  if (queue) {
    queue.addEventListener('keydown', (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      const stops = Array.from(queue.querySelectorAll('[data-stop]'));
      const next = stops[stops.indexOf(event.target) + step];
      if (!next) return;
      event.preventDefault();
      next.focus();
    });
  }

  // Judging. Approving needs no words; the others say why, in words the resident reads.
  const judgement = document.getElementById('judgement');
  if (judgement) {
    const words = judgement.elements.words;
    document.querySelectorAll('[data-phrase]').forEach((button) => button.addEventListener('click', () => {
      words.value = (words.value.trim() + ' ' + button.textContent.trim()).trim().slice(0, words.maxLength);
      words.focus();
    }));
    let verdict = '';
    staff.form(judgement, (button) => {
      verdict = button ? button.value : '';
      if (!verdict) return null;
      const said = words.value.trim();
      if ((verdict !== 'approve' || judgement.dataset.matter === 'arrival') && !said) {
        staff.explain(judgement, { field: 'words', text: text('words.required') });
        return null;
      }
      const wrong = Array.from(judgement.querySelectorAll('[data-fact]:checked')).map((box) => box.value);
      if (verdict === 'grant' && !wrong.length) {
        staff.explain(judgement, { text: text('facts.required') });
        return null;
      }
      return verdict === 'grant' ? { verdict, words: said, facts: wrong } : { verdict, words: said };
    }, () => staff.leave('/console', text('judged.' + verdict)));
  }

  // A picture is shown large on the page itself.
  const enlarged = document.getElementById('enlarged');
  if (enlarged) {
    document.querySelectorAll('[data-enlarge]').forEach((link) => link.addEventListener('click', (event) => {
      event.preventDefault();
      const image = enlarged.querySelector('img');
      image.src = link.href;
      image.alt = link.querySelector('img').alt;
      enlarged.showModal();
    }));
    enlarged.querySelector('[data-shut]').addEventListener('click', () => enlarged.close());
  }

  // Inviting. The link is shown once and kept nowhere.
  const invitation = document.getElementById('invitation');
  if (invitation) {
    const field = (name) => invitation.elements.namedItem(name);
    const made = document.getElementById('made');
    const link = document.getElementById('link');
    const parts = invitation.querySelectorAll('[data-role]');
    const choose = () => {
      parts.forEach((part) => { part.hidden = part.dataset.role !== field('role').value; });
    };
    invitation.addEventListener('change', choose);
    choose();
    staff.form(invitation, () => {
      const role = field('role').value;
      return {
        role,
        display: field('display').value.trim(),
        jurisdiction: field('jurisdiction').value,
        communities: role === 'worker'
          ? Array.from(invitation.querySelectorAll('[name=communities]:checked')).map((box) => box.value) : [],
        venue: role === 'guard' ? field('venue').value : '',
      };
    }, (body) => {
      link.value = body.url;
      made.hidden = false;
      made.focus();
      invitation.reset();
      choose();
    });
    document.getElementById('copy').addEventListener('click', async () => {
      link.select();
      try {
        await navigator.clipboard.writeText(link.value);
        staff.say(text('copied'));
      } catch (error) {
        staff.say(text('copy.by_hand'));
      }
    });
  }

  const print = document.getElementById('print');
  if (print) print.addEventListener('click', () => window.print());
})(window.HealthStaff);
