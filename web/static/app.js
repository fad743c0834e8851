// What resident pages share: sending a form as JSON, and never sending the same
// thing twice. After keep.js and form.js.
(function () {
  'use strict';

  const forms = window.HealthForm;
  const keep = window.HealthKeep;
  const texts = JSON.parse(document.getElementById('texts').textContent);
  const WAIT = 12000; // milliseconds until a request counts as lost

  function send(method, path, body, key) {
    const stop = new AbortController();
    const timer = setTimeout(function () { stop.abort(); }, WAIT);
    const headers = { 'Content-Type': 'application/json' };
    if (key) headers['Idempotency-Key'] = key;
    return fetch(path, { method: method, headers: headers, body: body === undefined ? undefined : JSON.stringify(body),
      credentials: 'same-origin', signal: stop.signal })
      .then(function (response) {
        return response.text().then(function (text) {
          let said = null;
          try { said = text ? JSON.parse(text) : null; } catch (error) { said = null; }
          return { ok: response.ok, status: response.status, body: said };
        });
      })
      .catch(function () { return { ok: false, status: 0, body: null }; })
      .then(function (answer) {
        clearTimeout(timer);
        if (answer.status === 401) keep.forgetAll(); // signed out
        return answer;
      });
  }

  function problem(answer) {
    if (answer.body && answer.body.error) return answer.body.error;
    return { text: answer.status ? texts.failed : texts.offline };
  }

  // A key names one filled-in form: it is kept until the form has gone through, so
  // that sending again after an answer was lost doubles nothing.
  function newKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.prototype.map.call(bytes, function (b) { return ('0' + b.toString(16)).slice(-2); }).join('');
  }

  // put sets a value at a dotted path.
  function put(object, path, value) {
    const steps = path.split('.');
    for (let i = 0; i < steps.length - 1; i++) object = object[steps[i]] = object[steps[i]] || {};
    object[steps[steps.length - 1]] = value;
  }

  function plain(form) {
    const out = {};
    form.querySelectorAll('input, select, textarea').forEach(function (input) {
      if (!input.name || input.closest('[hidden]')) return;
      if (input.type === 'checkbox') {
        out[input.name] = out[input.name] || [];
        if (input.checked) out[input.name].push({ purpose: input.value, version: Number(input.dataset.version) });
      } else if (input.value.trim() !== '') {
        put(out, input.name, input.value.trim());
      }
    });
    return out;
  }

  // submit sends what is filled in, and goes on when it is done. The same again goes
  // under the same key: it may have arrived, and only its answer was lost.
  function submit(form, path, body, done) {
    const button = form.querySelector('[type=submit]');
    if (button.disabled) return;
    const said = JSON.stringify(body);
    if (form.lastSaid !== said) { form.lastSaid = said; form.key = newKey(); }
    if (form.keep) form.keep();
    button.disabled = true;
    forms.clear(form);
    send(form.dataset.method || 'POST', path, body, form.key).then(function (answer) {
      button.disabled = false;
      if (answer.ok) {
        if (form.drop) form.drop();
        done();
        return;
      }
      if (form.wait && !answer.status) form.wait();
      forms.explain(form, problem(answer));
    });
  }

  // leave goes on, and has the next page say what was done here.
  function leave(to, note) {
    try { if (note) sessionStorage.setItem('note', note); } catch (error) { /* a private window keeps nothing */ }
    location.assign(to);
  }

  function tell(words) {
    const said = document.getElementById('said');
    said.textContent = words;
    said.scrollIntoView({ block: 'center' });
  }

  if (document.getElementById('said')) {
    try {
      document.getElementById('said').textContent = sessionStorage.getItem('note') || '';
      sessionStorage.removeItem('note');
    } catch (error) { /* nothing was kept */ }
  }

  document.querySelectorAll('form[data-post]').forEach(function (form) {
    const go = function () {
      submit(form, form.dataset.post, form.dataset.declare ? forms.declared(form) : plain(form), function () { leave(form.dataset.done, form.dataset.say); });
    };
    form.addEventListener('submit', function (event) { event.preventDefault(); go(); });
    form.addEventListener('change', function () { arrange(form); });
    forms.begin(form);
    if (form.dataset.account) keep.begin(form, go);
    arrange(form);
  });

  // arrange shows what the answers so far call for.
  function arrange(form) {
    forms.arrange(form);
    const guardian = form.querySelector('[data-guardian]');
    if (guardian) guardian.hidden = !young(form.querySelector('[name="document.number"]').value);
  }

  // young reads the birth date that the number carries, to ask for a guardian in
  // time; the service decides.
  function young(number) {
    const born = /^\d{6}(\d{4})(\d{2})(\d{2})[\dXx]{4}$/.exec(number.trim());
    if (!born) return false;
    return new Date(Number(born[1]) + 14, Number(born[2]) - 1, Number(born[3])) > new Date();
  }

  document.querySelectorAll('[data-act]').forEach(function (button) {
    button.addEventListener('click', function () {
      const d = button.dataset;
      if (d.ask && !window.confirm(d.ask)) return;
      let body;
      if (d.purpose) body = { purpose: d.purpose, version: Number(d.version) };
      if (d.confirm) body = { confirm: d.confirm };
      button.disabled = true;
      send(d.act, d.path, body).then(function (answer) {
        button.disabled = false;
        if (answer.ok && d.confirm) keep.forgetAll(); // the code is closed
        if (answer.ok) leave(d.done || location.pathname, d.say);
        else tell(problem(answer).text);
      });
    });
  });

  window.HealthApp = { send: send, problem: problem, texts: texts, newKey: newKey, leave: leave, submit: submit };
})();
