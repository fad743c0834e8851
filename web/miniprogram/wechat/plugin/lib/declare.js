// A declaration, drawn from the form that the service gives as data.
'use strict';

const platform = require('../platform');
const { ask, words, clock, fill, newKey } = require('./session');
const enrol = require('./enrol');
const { expire } = require('./face');
const { draw, choose, collect, sort, lines } = require('./form');

const label = (text) => (text && (text[words.language] || text.zh)) || '';
const civil = (before) => clock.civil(Date.now(), before);

module.exports = {
  data: { words, enrol: enrol.words, state: 'wait', title: '', intro: '', fields: [], places: [], lines: [], wrong: '', problem: '', sent: '', busy: false },

  onLoad({ form }) {
    this.id = form || 'health';
    this.answers = {};
    this.at = {};
    this.rest = []; // what is wrong with no field
    this.forget = enrol.changed((problem) => (problem ? this.setData({ problem }) : this.load()));
    this.load();
  },

  onUnload() { this.forget(); },

  // load asks who it is before anybody fills in what cannot be sent.
  load() {
    this.setData({ state: 'wait', problem: '' });
    const all = ['/v1/standing', `/v1/forms/${this.id}`, '/v1/places'].map((path) => ask('GET', path));
    return Promise.all(all).then(([standing, form, places]) => {
      const said = [standing, form, places].filter((one) => !one.ok)[0];
      if (standing.status === 403) {
        enrol.prepare();
        this.setData({ state: 'unknown' });
      } else if (said) this.setData({ state: 'failed', problem: said.error.text });
      else this.begin(form.body, places.body.places);
    });
  },

  begin(form, places) {
    this.form = form;
    platform.titled(label(form.title));
    this.setData({ state: 'form', title: label(form.title), intro: label(form.intro), places });
    form.fields.forEach((f) => { if (f.type === 'stays') this.answers[f.id] = [{}]; });
    this.draw();
  },

  draw() {
    const fields = draw({ form: this.form, answers: this.answers, at: this.at, places: this.data.places, label, civil });
    const found = lines(fields);
    this.setData({ fields, lines: found.concat(this.rest), wrong: found.length ? fill(words.declare.wrong, { n: found.length }) : '' });
  },

  // mend takes away what was wrong with an answer, once it is another one.
  mend(path) {
    const wrong = Object.keys(this.at).filter((one) => one === path || one.indexOf(`${path}.`) === 0);
    wrong.forEach((one) => { delete this.at[one]; });
    return wrong.length > 0;
  },

  // What is typed stays as it is in its field; only what changes others is drawn anew.
  put(e) {
    const { id } = e.currentTarget.dataset;
    this.answers[id] = e.detail.value;
    if (this.mend(id)) this.draw();
  },

  choose(e) {
    const { id, code } = e.currentTarget.dataset;
    const field = this.form.fields.filter((f) => f.id === id)[0];
    this.answers[id] = choose(field, this.answers[id], code);
    this.mend(id);
    this.draw();
  },

  // set is an answer that a picker gives: of a field, or of a part of a stay.
  set({ id, at, part }, value) {
    if (part) this.answers[id] = this.answers[id].map((stay, i) => (i === Number(at) ? { ...stay, [part]: value } : stay));
    else this.answers[id] = value;
    this.mend(part ? `${id}.${at}.${part}` : id);
    this.draw();
  },

  place(e) { this.set(e.currentTarget.dataset, this.data.places[e.detail.value].code); },
  day(e) { this.set(e.currentTarget.dataset, e.detail.value); },

  // pick is for the app whose calendar is opened by a call.
  pick(e) {
    const { dataset } = e.currentTarget;
    platform.day(dataset).then((day) => this.set(dataset, day), () => null);
  },

  add(e) {
    const { id } = e.currentTarget.dataset;
    this.answers[id] = this.answers[id].concat({});
    this.draw();
  },

  remove(e) {
    const { id, at } = e.currentTarget.dataset;
    this.answers[id] = this.answers[id].filter((_, i) => i !== Number(at));
    this.at = {}; // they would stand beside other stays now
    this.draw();
  },

  // The same answers go under the same key, so that sending them again doubles nothing.
  send() {
    if (this.data.busy) return null;
    const body = { form: this.form.id, version: this.form.version, answers: collect(this.form, this.answers) };
    const text = JSON.stringify(body);
    if (this.text !== text) Object.assign(this, { text, key: newKey() });
    this.setData({ busy: true, problem: '' });
    return ask('POST', '/v1/declarations', body, this.key).then((said) => {
      this.setData({ busy: false });
      if (said.ok) this.done(said.body);
      else this.explain(said.error);
    });
  },

  done({ colour, review }) {
    expire();
    const sent = fill(review ? words.declare.sent_review : words.declare.sent, { word: words.colours[colour] || '' });
    this.setData({ state: 'sent', sent });
  },

  explain(error) {
    const { at, rest } = sort(this.form, error);
    Object.assign(this, { at, rest });
    this.draw();
    platform.top();
  },

  enrol() { enrol.begin((problem) => this.setData({ problem })); },
  code() { platform.page('code'); },
};
