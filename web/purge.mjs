// Takes from WeUI's stylesheet the rules that our templates use, and writes them
// to static/weui.css: node purge.mjs, in this folder, after npm ci.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';

const css = readFileSync('node_modules/weui/dist/style/weui.css', 'utf8');
const used = new Set();
for (const name of readdirSync('templates')) {
  for (const found of readFileSync(`templates/${name}`, 'utf8').matchAll(/weui-[a-z_-]+/g)) used.add(found[0]);
}

const licence = css.slice(0, css.indexOf('*/') + 2);
const rules = [];
// The rules that stand by themselves: what WeUI puts into @media and @supports is not needed by the pages here.
// Walked by braces, because a regular expression goes over the embedded pictures again and again.
const plain = css.slice(licence.length).replace(/\/\*[^]*?\*\//g, '');
for (let at = 0, open; (open = plain.indexOf('{', at)) >= 0;) {
  const selectors = plain.slice(at, open).trim();
  let close = open;
  for (let depth = 1; depth > 0;) {
    close += 1 + plain.slice(close + 1).search(/[{}]/);
    depth += plain[close] === '{' ? 1 : -1;
  }
  at = close + 1;
  if (selectors.startsWith('@')) continue;
  const kept = selectors.split(',').map((s) => s.trim()).filter((s) => {
    const classes = [...s.matchAll(/\.([a-zA-Z0-9_-]+)/g)].map((m) => m[1]);
    return classes.length > 0 && classes.every((c) => used.has(c)) && !s.includes('wx-') && !s.includes('data-weui');
  });
  const body = plain.slice(open + 1, close);
  if (kept.length && !body.includes('url(')) rules.push(`${kept.join(',')}{${body}}`);
}
const variables = new Set();
for (let grown = true; grown;) {
  grown = false;
  for (const found of [...rules, ...variables].join('').matchAll(/var\((--weui-[A-Z0-9a-z-]+)/g)) {
    const line = css.match(new RegExp(`${found[1]}:[^;}]+`));
    if (line && !variables.has(line[0])) { variables.add(line[0]); grown = true; }
  }
}
writeFileSync('static/weui.css', `${licence}\n:root{${[...variables].join(';')}}\n${rules.join('\n')}\n`);
