// What the built-in components draw, by name; build.mjs compiles it.
const plain = '<slot/>';

export const TEMPLATES = {
  view: plain, text: plain, label: plain, form: plain, 'scroll-view': plain, button: plain, 'radio-group': plain, 'checkbox-group': plain, picker: plain,
  radio: '<div class="fake-mark {{checked ? \'on\' : \'\'}}">{{checked ? \'●\' : \'\'}}</div>',
  checkbox: '<div class="fake-mark {{checked ? \'on\' : \'\'}}">{{checked ? \'✓\' : \'\'}}</div>',
  input: '<input/>',
  textarea: '<textarea></textarea>',
  canvas: '<canvas></canvas>',
  'web-view': '<div class="webview">{{src ? "H5" : ""}}</div>',
};
