// A form that is data (docs/forms.md), as a page draws it: what is shown, what was
// answered, and what is wrong with it. It knows no page and no app.
'use strict';

// shown says which fields the answers so far call for. What was answered in a field
// that is hidden now counts for nothing.
function shown(form, answers) {
  const ids = [];
  return form.fields.filter((f) => {
    const called = !f.when || (ids.indexOf(f.when.field) >= 0 && f.when.is.indexOf(answers[f.when.field]) >= 0);
    if (called) ids.push(f.id);
    return called;
  });
}

// choose marks an option of a field: of a choice it is the one, of choices one more
// or one less, and an exclusive option and the others end each other.
function choose(field, chosen, code) {
  if (field.type === 'choice') return code;
  const before = chosen || [];
  if (before.indexOf(code) >= 0) return before.filter((c) => c !== code);
  const exclusive = (c) => field.options.some((o) => o.code === c && o.exclusive);
  return exclusive(code) ? [code] : before.filter((c) => !exclusive(c)).concat(code);
}

// number reads a decimal as Chinese keyboards write it, 36,5 and ３６。５ too. What is
// no number is sent as it stands: the service says what is wrong with it.
function number(text) {
  const plain = text.replace(/[０-９．，]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).trim().replace(/[,。]/, '.');
  return plain !== '' && isFinite(plain) ? Number(plain) : plain;
}

// collect is the answers of the fields that are shown, as POST /v1/declarations takes them.
function collect(form, answers) {
  const out = {};
  shown(form, answers).forEach(({ id, type }) => {
    const value = answers[id];
    if (type === 'stays') out[id] = (value || []).map(({ place, from, to }) => ({ place: place || '', from: from || '', to: to || '' }));
    else if (type === 'choices' ? value && value.length : value && value.trim() !== '') {
      out[id] = type === 'decimal' ? number(value) : type === 'choices' ? value : value.trim();
    }
  });
  return out;
}

// sort lays what is wrong beside the fields that it is about: {at, rest}, where at
// is words by field, or by place in it such as stays.0.from, and rest a list of words about none.
function sort(form, error) {
  const at = {};
  const rest = [];
  (error.fields && error.fields.length ? error.fields : [error]).forEach(({ field, text }) => {
    const path = String(field || '');
    if (form.fields.some((f) => f.id === path.split('.')[0])) at[path] = at[path] ? `${at[path]} ${text}` : text;
    else rest.push(text);
  });
  return { at, rest };
}


// once says each of the words once, and nothing of those that are not there.
const once = (list) => list.filter((words, i) => words && list.indexOf(words) === i).join(' ');

// lines is everything that is wrong with drawn fields, in their order; stays are counted.
function lines(fields) {
  const all = [];
  fields.forEach((f) => {
    if (f.problem) all.push(`${f.label} ${f.problem}`);
    (f.stays || []).forEach((s) => { if (s.problem) all.push(`${f.label} ${s.at + 1} ${s.problem}`); });
  });
  return all;
}

// draw is the fields as a page shows them. places are {code,
// name}; label reads a text in the reader's language; civil is clock.js's, from now.
function draw({ form, answers, at, places, label, civil }) {
  const named = (code) => (places.filter((p) => p.code === code)[0] || { name: '' }).name;
  const index = (code) => places.map((p) => p.code).indexOf(code);
  return shown(form, answers).map((f) => {
    const value = answers[f.id];
    const chosen = f.type === 'choices' ? value || [] : [value];
    const field = { id: f.id, type: f.type, label: label(f.label), hint: label(f.hint), unit: f.unit || '', required: Boolean(f.required),
      most: f.max_length || 2000, problem: at[f.id] || '', since: civil(f.window || 366), today: civil(0),
      value: f.type === 'stays' || f.type === 'choices' ? '' : value || '' };
    field.options = (f.options || []).map((o) => ({ code: o.code, label: label(o.label), checked: chosen.indexOf(o.code) >= 0 }));
    if (f.type === 'place') Object.assign(field, { named: named(value), index: index(value) });
    if (f.type === 'stays') {
      field.full = (value || []).length >= (f.max_items || 100);
      field.stays = (value || []).map((s, i) => ({ place: '', from: '', to: '', ...s, at: i, named: named(s.place), index: index(s.place),
        problem: once(['', '.place', '.from', '.to'].map((part) => at[`${f.id}.${i}${part}`])) }));
    }
    return field;
  });
}

module.exports = { shown, choose, collect, sort, draw, lines };
