// A form that is data: what its answers call for, reading them, and saying what is
// wrong beside the field that it is about. Browser: HealthForm.
(function () {
  'use strict';

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

  // arrange shows what the answers so far call for.
  function arrange(form) {
    form.querySelectorAll('[data-when]').forEach(function (field) {
      const of = form.querySelectorAll('[name="' + field.dataset.when + '"]');
      const values = Array.prototype.filter.call(of, function (i) { return i.checked || (i.type !== 'radio' && i.type !== 'checkbox' && i.value); })
        .map(function (i) { return i.value; });
      field.hidden = !values.some(function (v) { return field.dataset.is.split(' ').indexOf(v) >= 0; });
    });
  }

  // An exclusive option and the others end each other.
  document.addEventListener('change', function (event) {
    const box = event.target;
    if (box.type !== 'checkbox' || !box.checked || !box.closest('[data-field]')) return;
    box.closest('fieldset').querySelectorAll('input').forEach(function (other) {
      if (other !== box && ('exclusive' in box.dataset || 'exclusive' in other.dataset)) other.checked = false;
    });
  });

  // begin makes the lists of a form's stays ready, each with a first one to fill in.
  function begin(form) {
    form.querySelectorAll('[data-add]').forEach(function (button) {
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
  }

  window.HealthForm = { declared: declared, clear: clear, explain: explain, arrange: arrange, begin: begin };
})();
