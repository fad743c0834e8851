// What resident pages share: sending a form as JSON, saying what is wrong beside
// the field that it is about, and never sending the same thing twice.
(function () {
  'use strict';

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
      .then(function (answer) { clearTimeout(timer); return answer; });
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

  // declared reads the answers of a form that is data.
  function declared(form) {
    const answers = {};
    form.querySelectorAll('[data-field]').forEach(function (field) {
      if (field.hidden) return;
      const id = field.dataset.field;
      const inputs = Array.prototype.slice.call(field.querySelectorAll('[name]'));
      const chosen = inputs.filter(function (input) { return input.checked; }).map(function (input) { return input.value; });
      switch (field.dataset.type) {
        case 'choice': if (chosen.length) answers[id] = chosen[0]; break;
        case 'choices': if (chosen.length) answers[id] = chosen; break;
        case 'stays':
          answers[id] = Array.prototype.map.call(field.querySelectorAll('.stay'), function (stay) {
            const out = {};
            stay.querySelectorAll('[data-key]').forEach(function (input) { out[input.dataset.key] = input.value; });
            return out;
          });
          break;
        case 'decimal': {
          const value = inputs[0].value.normalize('NFKC').trim().replace(/[,。]/, '.'); // as Chinese keyboards write 36.5
          if (value !== '') answers[id] = isFinite(value) ? Number(value) : value;
          break;
        }
        default: if (inputs[0].value.trim() !== '') answers[id] = inputs[0].value.trim();
      }
    });
    return { form: form.dataset.declare, version: Number(form.dataset.version), answers: answers };
  }

  function clear(form) {
    form.querySelectorAll('.problem').forEach(function (p) { p.textContent = ''; });
    form.querySelectorAll('[aria-invalid]').forEach(function (e) { e.removeAttribute('aria-invalid'); });
    const summary = form.querySelector('.summary');
    summary.hidden = true;
    summary.textContent = '';
  }

  // place finds where the words about a field belong.
  function place(form, name) {
    const last = name.split('.');
    for (let i = last.length; i > 0; i--) {
      const part = last.slice(0, i).join('.');
      const input = form.querySelector('[name="' + part + '"], [data-problem="' + part + '"]');
      const holder = form.querySelector('[data-field="' + part + '"]');
      const scope = holder || (input && (input.closest('.field') || input.closest('fieldset')));
      const words = scope && scope.querySelector('.problem');
      if (!words) continue;
      const label = scope.querySelector('legend, label');
      const name = label && label.firstChild.nodeType === Node.TEXT_NODE ? label.firstChild.textContent.trim() : '';
      return { words: words, label: name, input: input || holder.querySelector('input, select, textarea') };
    }
    return null;
  }

  function explain(form, error) {
    const list = error.fields && error.fields.length ? error.fields : [error];
    const summary = form.querySelector('.summary');
    const items = document.createElement('ul');
    list.forEach(function (one) {
      const at = one.field ? place(form, one.field) : null;
      if (at) {
        at.words.textContent += (at.words.textContent ? ' ' : '') + one.text;
        if (at.input && !at.input.matches('[type=radio], [type=checkbox]')) at.input.setAttribute('aria-invalid', 'true');
      }
      const item = document.createElement('li');
      item.append(at ? link(at, one.text) : one.text);
      items.appendChild(item);
    });
    summary.replaceChildren(items);
    summary.hidden = false;
    summary.focus();
    summary.scrollIntoView({ block: 'center' });
  }

  // link leads from the summary to the field that it speaks of.
  function link(at, text) {
    const a = document.createElement('a');
    a.href = '#' + at.words.id;
    a.textContent = at.label ? at.label + (document.documentElement.lang === 'zh' ? '：' : ': ') + text : text;
    a.addEventListener('click', function (event) {
      if (!at.input) return;
      event.preventDefault();
      at.input.focus();
    });
    return a;
  }

  function submit(form) {
    const button = form.querySelector('[type=submit]');
    const body = form.dataset.declare ? declared(form) : plain(form);
    const said = JSON.stringify(body);
    if (form.lastSaid !== said) { form.lastSaid = said; form.key = newKey(); }
    button.disabled = true;
    clear(form);
    return send(form.dataset.method || 'POST', form.dataset.post, body, form.key).then(function (answer) {
      button.disabled = false;
      if (!answer.ok) { explain(form, problem(answer)); return; }
      leave(form.dataset.done, form.dataset.say);
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
    form.addEventListener('submit', function (event) { event.preventDefault(); submit(form); });
    form.addEventListener('change', function () { arrange(form); });
    arrange(form);
  });

  // arrange shows what the answers so far call for.
  function arrange(form) {
    form.querySelectorAll('[data-when]').forEach(function (field) {
      const of = form.querySelectorAll('[name="' + field.dataset.when + '"]');
      const values = Array.prototype.filter.call(of, function (i) { return i.checked || (i.type !== 'radio' && i.type !== 'checkbox' && i.value); })
        .map(function (i) { return i.value; });
      field.hidden = !values.some(function (v) { return field.dataset.is.split(' ').indexOf(v) >= 0; });
    });
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

  // An exclusive option and the others end each other.
  document.addEventListener('change', function (event) {
    const box = event.target;
    if (box.type !== 'checkbox' || !box.checked || !box.closest('[data-field]')) return;
    box.closest('fieldset').querySelectorAll('input').forEach(function (other) {
      if (other !== box && ('exclusive' in box.dataset || 'exclusive' in other.dataset)) other.checked = false;
    });
  });

  document.querySelectorAll('[data-add]').forEach(function (button) {
    const set = button.closest('fieldset');
    function add() {
      set.querySelector('.stays').appendChild(set.querySelector('template').content.cloneNode(true));
      return set.querySelector('.stay:last-child select');
    }
    button.addEventListener('click', function () { add().focus(); });
    add();
    set.addEventListener('click', function (event) {
      if (!event.target.closest('[data-remove]')) return;
      event.target.closest('.stay').remove();
      button.focus(); // what had the focus is gone
    });
  });

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
        if (answer.ok) leave(d.done || location.pathname, d.say);
        else tell(problem(answer).text);
      });
    });
  });

  window.HealthApp = { send: send, problem: problem, texts: texts, newKey: newKey };
})();
