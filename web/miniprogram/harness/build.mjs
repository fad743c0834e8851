// Compiles mini-program packages for host.js, which runs them:
//   node build.mjs OUT wechat|alipay NAME=FOLDER…
// The package called main is the mini-program, the others are plugins under their
// names. Every fault of a template or of a JSON file is printed with its place, and
// then the exit code is 1. OUT gets bundle.js, beside what the host itself needs.
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { axml } from './axml.mjs';
import { TEMPLATES } from './templates.mjs';

const require = createRequire(import.meta.url);
const { TmplGroup } = require('glass-easel-template-compiler');
const here = new URL('.', import.meta.url).pathname;
const [out, kind, ...packages] = process.argv.slice(2);
const [markup, style] = kind === 'alipay' ? ['.axml', '.acss'] : ['.wxml', '.wxss'];
const faults = [];

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else yield path;
  }
}

function parsed(path, text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    faults.push(`${path}: ${error.message}`);
    return {};
  }
}

// imported puts the style sheets in that a style sheet names.
function imported(path, text) {
  return text.replace(/@import\s+['"]([^'"]+)['"];/g, (_, other) => {
    const at = join(dirname(path), other);
    return imported(at, readFileSync(at, 'utf8'));
  });
}

// elements gives the built-in components names that no element of HTML has, as WeChat does.
function elements(source) {
  return source.replace(new RegExp(`<(/?)(${Object.keys(TEMPLATES).join('|')})(?=[\\s/>])`, 'g'), '<$1wx-$2');
}

function compile(folder) {
  const js = {};
  const json = {};
  const css = {};
  const templates = new TmplGroup();
  for (const path of files(folder)) {
    const name = relative(folder, path);
    const text = readFileSync(path, 'utf8');
    if (name.endsWith('.js')) js[name.slice(0, -3)] = text;
    else if (name.endsWith('.json')) json[name.slice(0, -5)] = parsed(path, text);
    else if (name.endsWith(style)) css[name.slice(0, -5)] = imported(path, text);
    else if (name.endsWith(markup)) {
      const source = kind === 'alipay' ? axml(text) : text;
      for (const fault of new TmplGroup().addTmpl(name.slice(0, -5), source)) {
        faults.push(`${path}:${fault.startLine + 1}:${fault.startColumn + 1}: ${fault.message}`);
      }
      templates.addTmpl(name.slice(0, -5), elements(source));
    }
  }
  return `{js: ${JSON.stringify(js)}, json: ${JSON.stringify(json)}, css: ${JSON.stringify(css)},\n templates: (function () { return ${templates.getTmplGenObjectGroups()}; })()}`;
}

const builtins = new TmplGroup();
for (const [name, source] of Object.entries(TEMPLATES)) builtins.addTmpl(`wx-${name}`, source);
const compiled = packages.map((p) => {
  const at = p.indexOf('=');
  return `${JSON.stringify(p.slice(0, at))}: ${compile(p.slice(at + 1))}`;
});
if (faults.length) {
  console.error(faults.join('\n'));
  process.exit(1);
}
mkdirSync(out, { recursive: true });
writeFileSync(join(out, 'bundle.js'), `export default {kind: ${JSON.stringify(kind)}, packages: {\n${compiled.join(',\n')}\n},\nbuiltins: (function () { return ${builtins.getTmplGenObjectGroups()}; })()};\n`);
for (const file of ['device.html', 'host.js', 'packages.js', 'builtins.js', 'wx.js', 'my.js', 'phone.js']) cpSync(join(here, file), join(out, file));
for (const [from, to] of [['glass-easel/dist/glass_easel.all.es.js', 'glass-easel.js'],
  ['glass-easel-miniprogram-adapter/dist/glass_easel_miniprogram_adapter.es.js', 'adapter.js']]) {
  cpSync(join(here, 'node_modules', from), join(out, to));
}
