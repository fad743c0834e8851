// Runs a mini-program: its pages on a stack, and what the app does around them.
import * as glassEasel from 'glass-easel';
import { backend, define, find, load, packages, vendor } from './packages.js';
import { pressed } from './builtins.js';
import { phone } from './phone.js';

const screen = document.getElementById('screen');
document.documentElement.style.setProperty('--on', vendor.name === 'my' ? '#1677ff' : '#07c160');

backend._$.onEvent((target, type, detail, options) => {
  if (type === 'tap') phone.tapped = true;
  try {
    return glassEasel.triggerEvent(target, type, detail, options);
  } finally {
    phone.tapped = false;
  }
});
document.body.addEventListener('click', (e) => pressed(e.target), true);
glassEasel.globalOptions.throwGlobalError = true;

export const host = {
  app: {},
  stack: [],
  packages,

  // open puts a page on the stack.
  open(url, from) {
    const { p, path, query } = find(url, from);
    define(p, path);
    this.hide();
    const holder = document.createElement('div');
    screen.append(holder);
    const root = backend.createRoot('page', p.space, path);
    root.attach(screen, holder);
    const page = { p, path, query, root, element: root.getComponent().getBackendElement() };
    page.element.setAttribute('data-page', p.name === 'main' ? path : `plugin://${p.name}/${path}`);
    this.stack.push(page);
    const window = packages.main.files.json.app.window;
    page.title = p.json(path).navigationBarTitleText || p.json(path).defaultTitle || window.navigationBarTitleText || window.defaultTitle;
    this.call(page, 'onLoad', query);
    this.show();
    this.call(page, 'onReady');
  },

  call(page, name, ...given) {
    const caller = page.root.get();
    if (typeof caller[name] === 'function') caller[name](...given);
  },

  hide() {
    const page = this.stack.at(-1);
    if (!page) return;
    page.element.style.display = 'none';
    this.call(page, 'onHide');
    page.root.getComponent().triggerPageLifetime('hide', []);
  },

  show() {
    const page = this.stack.at(-1);
    page.element.style.display = '';
    this.title(page.title);
    this.call(page, 'onShow');
    page.root.getComponent().triggerPageLifetime('show', []);
  },

  back() {
    if (this.stack.length > 1) {
      this.drop();
      this.show();
    }
  },

  // instead puts a page in the place of the one on top.
  instead(url) {
    const from = this.stack.at(-1);
    this.open(url, from);
    this.stack.splice(this.stack.indexOf(from), 1);
    this.call(from, 'onUnload');
    from.root.release();
    from.element.remove();
  },

  drop() {
    const page = this.stack.pop();
    this.call(page, 'onUnload');
    page.root.release();
    page.element.remove();
  },

  // title writes the bar that the app has over every page.
  title(text) {
    this.stack.at(-1).title = text;
    document.getElementById('bar').textContent = text;
  },
};

phone.page = () => host.stack.at(-1).element.dataset.page;
phone.back = () => host.back();
phone.go = (url) => host.open(url);

// resume is the app coming to the foreground again, from another mini-program.
phone.resume = (options) => {
  phone.entered = options;
  host.hide();
  if (host.app.onShow) host.app.onShow(options);
  host.show();
};

function launch() {
  const { main } = packages;
  load(main, 'app', { App: (definition) => { host.app = definition; } });
  const options = { path: main.files.json.app.pages[0], query: {}, ...phone.entered };
  phone.entered = options;
  for (const event of ['onLaunch', 'onShow']) if (host.app[event]) host.app[event](options);
  const query = Object.entries(options.query).map(([name, value]) => `${name}=${value}`).join('&');
  host.open(`/${options.path}${query && `?${query}`}`);
  phone.ready = true;
}

launch();
