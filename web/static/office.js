// The officer's pages: drafting a file, watching its dry run, publishing it or not.
// After staff.js.
(function (staff) {
  'use strict';

  const text = staff.text;
  const AGAIN = 2000; // milliseconds between two looks at a dry run
  const status = document.getElementById('status');

  // Drafting. What is wrong with the file stands above it, each with a way to its line.
  const draft = document.getElementById('draft');
  if (draft) {
    const body = draft.elements.body;
    const faults = document.getElementById('faults');

    // go selects a line of the file and brings it into view.
    function go(line) {
      const lines = body.value.split('\n');
      const at = Math.min(line, lines.length) - 1;
      const from = lines.slice(0, at).reduce((sum, one) => sum + one.length + 1, 0);
      body.focus();
      body.setSelectionRange(from, from + lines[at].length);
      const high = parseFloat(getComputedStyle(body).lineHeight);
      body.scrollTop = Math.max(0, (at - 3) * high);
      body.scrollLeft = 0;
      body.scrollIntoView({ block: 'nearest' });
    }

    // point is one fault: a button where its line is here, plain words where not.
    function point(fault) {
      const item = document.createElement('li');
      const own = (/^(?:jurisdiction|place):\s*["']?(\w+)/m.exec(body.value) || [])[1];
      const here = fault.line && (!fault.jurisdiction || fault.jurisdiction === own);
      const where = here ? text('line', { line: fault.line })
        : fault.jurisdiction ? text(fault.line ? 'elsewhere.line' : 'elsewhere', { place: fault.jurisdiction, line: fault.line }) : '';
      if (here) {
        const button = document.createElement('button');
        button.type = 'button';
        button.textContent = where;
        button.addEventListener('click', () => go(fault.line));
        item.append(button, ' ');
      } else if (where) item.append(where, ' ');
      item.append(fault.text);
      return item;
    }

    function tell(problem) {
      faults.hidden = false;
      faults.querySelector('p').textContent = problem.text;
      faults.querySelector('ul').replaceChildren(...(problem.faults || []).map(point));
      body.setAttribute('aria-invalid', 'true');
      faults.focus();
    }

    staff.form(draft, () => {
      faults.hidden = true;
      return { kind: draft.elements.namedItem('kind').value, body: body.value };
    }, (made) => location.assign('/console/drafts/' + made.id), (form, problem) => tell(problem));
  }

  // Going back: what was in force is drafted anew, for a colleague to publish.
  document.querySelectorAll('[data-back]').forEach((button) => button.addEventListener('click', async () => {
    const answer = await staff.once(button, 'POST', '/v1/publications/' + button.dataset.back + '/draft');
    if (!answer) return;
    if (answer.ok) location.assign('/console/drafts/' + answer.body.id);
    else if (!staff.signedOut(answer)) refuse(answer.problem);
  }));

  // refuse says what went wrong at the head of the page, and shows it.
  function refuse(problem) {
    staff.say([problem.text].concat((problem.faults || []).map((f) => f.text)).join(' '));
    status.scrollIntoView({ block: 'center' });
  }

  // Publishing, discarding and trying again. What cannot be taken back is asked for.
  const sure = document.getElementById('sure');
  let asked = null; // the button that the question is about

  async function act(button) {
    const answer = await staff.once(button, button.dataset.do, button.dataset.path);
    if (!answer) return;
    if (answer.ok && button.dataset.then) staff.leave(button.dataset.then, text(button.dataset.says === 'published' ? 'published' : 'discarded'));
    else if (answer.ok) location.reload();
    else if (!staff.signedOut(answer)) refuse(answer.problem);
  }

  if (sure) {
    const yes = document.getElementById('sure-yes');
    document.addEventListener('click', (event) => {
      const button = event.target.closest('[data-do]');
      if (!button) return;
      if (!button.dataset.sure) {
        act(button);
        return;
      }
      asked = button;
      document.getElementById('sure-title').textContent = button.dataset.title;
      document.getElementById('sure-say').textContent = button.dataset.sure;
      yes.textContent = button.textContent;
      yes.className = button.className;
      sure.showModal();
      document.getElementById('sure-no').focus();
    });
    document.getElementById('sure-no').addEventListener('click', () => sure.close());
    yes.addEventListener('click', () => {
      sure.close();
      act(asked);
    });
  }

  // Watching. The page is asked for again, and what has changed of it is put in: a
  // figure moves while the dry run goes on, and the whole answer comes at its end.
  const trial = document.getElementById('trial');

  function put(fresh) {
    const now = fresh.getElementById('trial');
    const going = fresh.getElementById('progress');
    if (going && document.getElementById('progress')) {
      const bar = document.getElementById('progress');
      bar.max = going.max;
      bar.value = going.value;
      document.getElementById('progress-say').textContent = fresh.getElementById('progress-say').textContent;
      return true;
    }
    const held = trial.contains(document.activeElement) || document.getElementById('act').contains(document.activeElement);
    trial.replaceChildren(...now.childNodes);
    trial.dataset.state = now.dataset.state;
    document.getElementById('act').replaceChildren(...fresh.getElementById('act').childNodes);
    if (held) trial.focus();
    staff.say(text(now.dataset.state === 'done' ? 'tried' : 'stopped'));
    return false;
  }

  async function watch() {
    let on = true;
    if (!sure.open) {
      try {
        const answer = await fetch(location.pathname, { credentials: 'same-origin', cache: 'no-store' });
        const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
        if (answer.redirected) location.reload(); // signed out
        if (answer.ok && fresh.getElementById('trial')) on = put(fresh);
      } catch (error) { /* no network: the next look may find it */ }
    }
    if (on) setTimeout(watch, AGAIN);
  }
  if (trial && document.getElementById('progress')) setTimeout(watch, AGAIN);
})(window.HealthStaff);
