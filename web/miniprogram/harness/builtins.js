// The built-in components of both apps, as far as our pages use them. They draw
// what the apps draw natively and send the events that the apps document.
import bundle from './bundle.js';
import { phone } from './phone.js';

// Attributes for screen readers, under WeChat's names and Alipay's.
const SPOKEN = ['role', 'ariaRole', 'ariaLabel', 'ariaLevel', 'ariaHidden', 'ariaLive', 'ariaModal', 'ariaChecked', 'ariaInvalid'];
const attribute = (name) => (name === 'ariaRole' ? 'role' : name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`));

const spoken = {
  properties: Object.fromEntries(SPOKEN.map((name) => [name, { type: String, value: '', observer(value) { speak(this, name, value); } }])),
};

function speak(component, name, value) {
  const element = component._$.getBackendElement();
  if (element && value !== '') element.setAttribute(attribute(name), value);
}

const template = (name) => ({ groupList: bundle.builtins, content: bundle.builtins[name] });

// inner is the native element within a built-in.
const inner = (component, tag) => component._$.getBackendElement().querySelector(tag);

function define(space, tag, definition) {
  const name = `wx-${tag}`;
  const { properties, lifetimes = {}, ...rest } = definition;
  const made = space.component(name).definition({
    ...rest,
    properties: { ...spoken.properties, ...properties },
    lifetimes: {
      ...lifetimes,
      attached() {
        SPOKEN.forEach((n) => speak(this, n, this.data[n]));
        if (lifetimes.attached) lifetimes.attached.call(this);
      },
    },
  });
  space.addCompiledTemplate(name, template(name));
  return made.register()._$;
}

// group is the radio-group or checkbox-group that a box stands in.
function group(element) {
  for (let e = element.parentNode; e; e = e.parentNode) if (e.fakeGroup) return e.fakeGroup;
  return null;
}

const boxes = (component) => [...component._$.getBackendElement().querySelectorAll('wx-radio, wx-checkbox')].map((e) => e.fakeBox);

function box(single) {
  return {
    properties: { value: String, checked: { type: Boolean, value: false }, color: String, disabled: Boolean },
    lifetimes: {
      attached() {
        const element = this._$.getBackendElement();
        element.fakeBox = this;
        element.setAttribute('role', single ? 'radio' : 'checkbox');
      },
    },
    observers: { checked(on) { this._$.getBackendElement()?.setAttribute('aria-checked', String(Boolean(on))); } },
    methods: {
      press() {
        const of = group(this._$.getBackendElement());
        const on = single ? true : !this.data.checked;
        if (single && of) boxes(of).forEach((other) => other.setData({ checked: false }));
        this.setData({ checked: on });
        if (!of) return;
        const chosen = boxes(of).filter((b) => b.data.checked).map((b) => b.data.value);
        of.triggerEvent('change', { value: single ? chosen[0] || '' : chosen });
      },
    },
  };
}

const gathers = { lifetimes: { attached() { this._$.getBackendElement().fakeGroup = this; } } };

function typed(tag) {
  return {
    properties: { value: String, type: String, placeholder: String, maxlength: { type: Number, value: 140 }, disabled: Boolean, autoHeight: Boolean },
    lifetimes: {
      attached() {
        const field = inner(this, tag);
        field.value = this.data.value;
        if (this.data.maxlength >= 0) field.maxLength = this.data.maxlength;
        for (const name of ['input', 'blur']) {
          field.addEventListener(name, (e) => { e.stopPropagation(); this.triggerEvent(name, { value: field.value }); });
        }
        field.setAttribute('aria-label', this.data.ariaLabel || '');
      },
    },
    observers: {
      value(value) {
        const field = this._$.getBackendElement() && inner(this, tag);
        if (field && field.value !== value) field.value = value;
      },
    },
  };
}

const button = {
  properties: { openType: String, scope: String, type: String, disabled: Boolean, hoverClass: String, size: String },
  lifetimes: { attached() { this._$.getBackendElement().setAttribute('role', 'button'); } },
};

// all defines every built-in and returns them by name. open answers the buttons
// that are the app's own: what their open-type asks of it.
export function all(space, open) {
  const plain = ['view', 'text', 'label', 'form', 'scroll-view'];
  const made = Object.fromEntries(plain.map((name) => [name, define(space, name, { properties: { hoverClass: String } })]));
  Object.assign(made, {
    button: define(space, 'button', {
      ...button,
      methods: { pressed() { if (this.data.openType && !this.data.disabled) open(this, this.data.openType); } },
    }),
    radio: define(space, 'radio', box(true)),
    checkbox: define(space, 'checkbox', box(false)),
    'radio-group': define(space, 'radio-group', gathers),
    'checkbox-group': define(space, 'checkbox-group', gathers),
    input: define(space, 'input', typed('input')),
    textarea: define(space, 'textarea', typed('textarea')),
    canvas: define(space, 'canvas', {
      properties: { type: String, width: String, height: String },
      lifetimes: { attached() { setTimeout(() => this.triggerEvent('ready', {}), 0); } },
    }),
    'web-view': define(space, 'web-view', {
      properties: { src: { type: String, observer(src) { phone.fields.webview = src; } } },
    }),
    picker: define(space, 'picker', {
      properties: { mode: String, range: Array, rangeKey: String, value: null, start: String, end: String, disabled: Boolean },
      lifetimes: { attached() { this._$.getBackendElement().fakePicker = this; } },
    }),
  });
  return made;
}

// pressed is the person's tap on a built-in, before the page hears of it.
export function pressed(target) {
  for (let e = target; e; e = e.parentNode) {
    if (e.fakeBox) return e.fakeBox.press();
    if (e.localName === 'wx-label') {
      const first = e.querySelector('wx-radio, wx-checkbox');
      if (first) return first.fakeBox.press();
    }
    if (e.__wxElement?.is === 'wx-button') return e.__wxElement.getMethodCaller().pressed();
  }
  return null;
}
