// What the pages of staff share: asking the service, saying what went wrong beside
// the field that it is about, and signing in and out. Browser: HealthStaff.
(function (root) {
  'use strict';

  const WAIT = 8000; // milliseconds until a request counts as lost
  const texts = JSON.parse((document.getElementById('texts') || { textContent: '{}' }).textContent);
  let offset = 0; // server's clock minus this device's, in milliseconds

  // text is a sentence of the page's catalogue with its {blanks} filled.
  function text(key, blanks) {
    return (texts[key] || '').replace(/\{(\w+)\}/g, (all, name) => (blanks && name in blanks ? blanks[name] : all));
  }

  // send asks the service. It answers {ok, status, body, problem} and never throws:
  // a request that got lost has status 0 and a problem in the reader's words.
  async function send(method, path, body, wait, headers) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), wait || WAIT);
    const asked = Date.now();
    try {
      const answer = await fetch(path, {
        method,
        credentials: 'same-origin',
        cache: 'no-store',
        headers: Object.assign({ 'Accept-Language': document.documentElement.lang },
          body === undefined ? {} : { 'Content-Type': 'application/json' }, headers),
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: stop.signal,
      });
      const date = Date.parse(answer.headers.get('Date') || '');
      if (date) offset = date + 500 - (asked + Date.now()) / 2; // the header has whole seconds
      const said = answer.status === 204 ? null : await answer.json().catch(() => null);
      const problem = answer.ok ? null : (said && said.error) || { reason: 'internal', text: text('staff.failed') };
      return { ok: answer.ok, status: answer.status, body: said, problem };
    } catch (error) {
      return { ok: false, status: 0, body: null, problem: { reason: 'network', text: text('staff.network') } };
    } finally {
      clearTimeout(timer);
    }
  }

  // now is the time by the server's clock.
  const now = () => Date.now() + offset;

  // clear takes away what was said about an earlier try.
  function clear(form) {
    form.querySelectorAll('[aria-invalid]').forEach((field) => field.removeAttribute('aria-invalid'));
    form.querySelectorAll('.problem').forEach((place) => { place.textContent = ''; });
  }

  // explain puts each problem beside its field ("field-error" by the field's name) and
  // the rest into the form's own place, and moves the focus to the first of them.
  function explain(form, problem) {
    const list = problem.fields && problem.fields.length ? problem.fields : [problem];
    let first = null;
    list.forEach((one) => {
      const name = (one.field || '').split('.').pop();
      const named = name && form.elements.namedItem(name);
      const field = named instanceof RadioNodeList ? named[0] : named;
      const beside = field && form.querySelector('[data-problem="' + name + '"]');
      const place = beside || form.querySelector('[data-problem=""]');
      place.textContent = (place.textContent ? place.textContent + ' ' : '') + one.text;
      if (beside) field.setAttribute('aria-invalid', 'true');
      if (!first) first = beside ? field : place;
    });
    if (first) first.focus();
  }

  // form sends a form once at a time, to where data-action says. collect makes the
  // body, or throws a problem of its own; done gets the answer, and refused the
  // problem, which is explained beside the fields otherwise.
  function form(element, collect, done, refused) {
    element.addEventListener('submit', async (event) => {
      event.preventDefault();
      if (element.getAttribute('aria-busy') === 'true') return;
      clear(element);
      const body = collect(event.submitter);
      if (!body) return;
      element.setAttribute('aria-busy', 'true');
      const answer = await send('POST', element.dataset.action, body);
      element.removeAttribute('aria-busy');
      if (answer.ok) done(answer.body);
      else if (!signedOut(answer)) (refused || explain)(element, answer.problem);
    });
  }

  const NOTE = 'console.note'; // what the next page is to say
  const status = document.getElementById('status');

  // say has the page's status line say it, also when it says the same already.
  function say(sentence) {
    if (!status) return;
    status.textContent = '';
    requestAnimationFrame(() => { status.textContent = sentence; });
  }

  // leave goes on, and has the next page say what was done here.
  function leave(path, sentence) {
    try { sessionStorage.setItem(NOTE, sentence); } catch (error) { /* it is only a courtesy */ }
    location.assign(path);
  }

  if (status) {
    try {
      const sentence = sessionStorage.getItem(NOTE);
      sessionStorage.removeItem(NOTE);
      if (sentence) say(sentence);
    } catch (error) { /* nothing to say then */ }
  }

  // once asks the service by a button, which is busy meanwhile; null of a press while it is.
  async function once(button, method, path, body) {
    if (button.getAttribute('aria-busy') === 'true') return null;
    button.setAttribute('aria-busy', 'true');
    const answer = await send(method, path, body);
    button.removeAttribute('aria-busy');
    return answer;
  }

  // signedOut sends whoever is no longer signed in to do so, and says so.
  function signedOut(answer) {
    if (answer.status !== 401 || answer.problem.reason !== 'login.required') return false;
    location.assign('/staff/login?next=' + encodeURIComponent(location.pathname));
    return true;
  }

  // next is where the page asked to go after signing in, if it is a page of staff.
  function next(otherwise) {
    const asked = new URLSearchParams(location.search).get('next') || '';
    return /^\/(gate|console(\/[\w/-]*)?|posters\/\w+)$/.test(asked) ? asked : otherwise;
  }

  const login = document.getElementById('login');
  if (login) {
    form(login, () => ({
      username: login.elements.username.value.trim(),
      password: login.elements.password.value,
      code: login.elements.code.value.replace(/\s/g, ''),
    }), (body) => location.assign(next({ guard: '/gate', epidemiologist: '/console/proposals', officer: '/console/rules', auditor: '/console/alarms', administrator: '/console/invitations' }[body.role] || '/console')));
  }

  document.querySelectorAll('[data-sign-out]').forEach((button) => button.addEventListener('click', async () => {
    await send('DELETE', '/v1/staff/session');
    location.assign('/staff/login');
  }));

  root.HealthStaff = { text, send, now, form, clear, explain, say, leave, once, signedOut };
})(self);
