// The packages that build.mjs compiled: their scripts without a browser's globals, their
// pages and components in Tencent's component framework.
import { MiniProgramEnv } from 'glass-easel-miniprogram-adapter';
import bundle from './bundle.js';
import { all } from './builtins.js';
import { host } from './host.js'; // which is there once something runs
import * as wx from './wx.js';
import * as my from './my.js';

export const vendor = bundle.kind === 'alipay' ? my : wx;

// What scripts of mini-programs do not find (the JSCore and V8 of the apps have no DOM).
const ABSENT = ['window', 'document', 'self', 'globalThis', 'fetch', 'XMLHttpRequest', 'localStorage', 'sessionStorage', 'indexedDB', 'crypto',
  'atob', 'btoa', 'URL', 'URLSearchParams', 'TextEncoder', 'TextDecoder', 'Intl', 'navigator', 'location', 'history', 'parent', 'top', 'frames',
  'alert', 'confirm', 'prompt', 'AbortController', 'devicePixelRatio', 'structuredClone', 'queueMicrotask', 'WebAssembly', 'addEventListener'];

const env = new MiniProgramEnv();
export const backend = env.associateBackend();

const builtins = all(env.getGlobalCodeSpace(), (component, type) => vendor.open(component, type, host));

// Style sheets: rpx are parts of the screen's width, and the classes of everything
// but the main package's pages are made the component's own, as the apps do.
function styled(css, scope) {
  const scaled = css.replace(/(-?[\d.]+)rpx/g, 'calc($1 * 100vw / 750)');
  if (!scope) return scaled;
  return scaled.replace(/([^{}]*)\{/g, (rule, selectors) => `${selectors.replace(/\/\*[^]*?\*\//g, '').replace(/\.([A-Za-z_][\w-]*)/g, `.${scope}--$1`)}{`);
}

export const packages = {};
for (const [name, files] of Object.entries(bundle.packages)) {
  const plugin = files.json.plugin;
  packages[name] = { name, files, space: env.createCodeSpace(name, name === 'main', plugin?.publicComponents || {}), loaded: {},
    api: null, json: (path) => files.json[path] || {} };
}
for (const p of Object.values(packages)) prepare(p);

function prepare(p) {
  for (const [tag, made] of Object.entries(builtins)) p.space.getComponentSpace().setGlobalUsingComponent(`wx-${tag}`, made);
  for (const other of Object.values(packages)) {
    if (p.name === 'main' && other.name !== 'main') p.space.importCodeSpace(other.name, other.name);
  }
  Object.entries(p.files.json).forEach(([path, json]) => { if (p.files.templates[path]) p.space.addComponentStaticConfig(path, json); });
  Object.entries(p.files.templates).forEach(([path, content]) => {
    p.space.addCompiledTemplate(path, { groupList: p.files.templates, content });
  });
  Object.entries(p.files.css).forEach(([path, css]) => {
    const shared = p.name === 'main' && (path === 'app' || !p.json(path).component);
    const scope = shared ? '' : `${p.name}-${path.replace(/\W+/g, '_')}`;
    p.space.addStyleSheet(path, `${p.name}/${path}`, scope || undefined);
    backend.registerStyleSheetContent(`${p.name}/${path}`, styled(css, scope));
  });
}

function resolve(from, to) {
  const parts = to.startsWith('/') ? [] : from.split('/').slice(0, -1);
  for (const part of to.replace(/\.js$/, '').split('/')) {
    if (part === '..') parts.pop();
    else if (part && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

// load runs a script once, as the apps' packers do. globals are App, Page and Component where it may use them.
export function load(p, path, globals = {}) {
  if (p.loaded[path]) return p.loaded[path].exports;
  const source = p.files.js[path];
  if (source === undefined) throw new Error(`there is no ${path}.js in ${p.name}`);
  const module = { exports: {} };
  p.loaded[path] = module;
  const given = { module, exports: module.exports, require: (to) => load(p, resolve(path, to)), [vendor.name]: api(p), ...globals };
  if (p.name === 'main') {
    given.getApp = () => host.app;
    given.requirePlugin = (name) => load(packages[name], packages[name].files.json.plugin.main.replace(/\.js$/, ''));
  }
  new Function(...ABSENT, `return function (${Object.keys(given)}) {${source}\n}\n//# sourceURL=${p.name}/${path}.js`)()(...Object.values(given));
  if (path === 'config') module.exports.origin = location.origin;
  return module.exports;
}

function api(p) {
  if (!p.api) p.api = vendor.make(p.name, host);
  return p.api;
}

// define has a page or component defined, with everything that it uses.
export function define(p, path) {
  if (p.loaded[path]) return;
  for (const used of Object.values(p.json(path).usingComponents || {})) {
    const [, name, alias] = /^plugin:\/\/([^/]+)\/(.+)$/.exec(used) || [];
    if (name) define(packages[name], packages[name].files.json.plugin.publicComponents[alias].replace(/^\//, ''));
    else define(p, resolve(path, used));
  }
  p.space.componentEnv(path, (made) => load(p, path, vendor.constructors(made)));
}

// find takes an address apart: which package, which page, with which query.
export function find(url, from) {
  const [address, search = ''] = url.split('?');
  const query = Object.fromEntries(search.split('&').filter(Boolean).map((pair) => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at), pair.slice(at + 1)];
  }));
  const [, name, alias] = /^plugin:\/\/([^/]+)\/(.+)$/.exec(address) || [];
  if (name) {
    const { pages, publicPages } = packages[name].files.json.plugin;
    const path = (publicPages || pages)[alias] || (Array.isArray(pages) && pages.includes(alias) ? alias : '');
    if (!path) throw new Error(`navigateTo:fail page "${url}" is not found`);
    return { p: packages[name], path, query };
  }
  const own = /^plugin-private:\/\/([^/]+)\/(.+)$/.exec(address); // a plugin's word for its own pages
  const p = from ? from.p : packages.main;
  if (own && load(p, 'config').plugin !== own[1]) throw new Error(`navigateTo:fail "${url}" is not the plugin's own`);
  const path = own ? own[2] : resolve(from ? from.path : '', address);
  const pages = p.name === 'main' ? p.files.json.app.pages : Object.values(p.files.json.plugin.pages);
  if (!pages.includes(path)) throw new Error(`navigateTo:fail page "${url}" is not found`);
  return { p, path, query };
}
