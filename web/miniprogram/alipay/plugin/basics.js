// What Alipay does in the same way for the plugin and the shell. Everything that can fail
// is a promise.
'use strict';

// promised calls an API that takes success and fail.
function promised(api, options) {
  return new Promise((success, fail) => { api({ ...options, success, fail }); });
}

// send makes a request. The answer is read here: my.request fails where it cannot
// read one itself, and an answer of 204 has nothing to read.
function send({ url, method, headers, body, timeout }) {
  const read = ({ status, data }) => {
    let said = null;
    try { said = JSON.parse(data); } catch (error) { /* no answer of the service's */ }
    return { status, body: said };
  };
  const asked = { url, method, headers: { 'Content-Type': 'application/json', ...headers }, timeout, dataType: 'text' };
  if (body !== undefined) asked.data = JSON.stringify(body);
  // Older clients call fail with statuses that say no.
  return promised(my.request, asked).then(read, (error) => (error && error.status ? read(error) : Promise.reject(error)));
}

// Storage is each package's own. What cannot be kept or read is not there.
const store = {
  keep: (key, data) => promised(my.setStorage, { key, data: JSON.stringify(data) }).catch(() => null),
  kept: (key) => promised(my.getStorage, { key }).then(({ data }) => JSON.parse(data || 'null')).catch(() => null),
  forget: (key) => promised(my.removeStorage, { key }).catch(() => null),
};

const language = () => my.getSystemInfoSync().language;

// canvas finds the canvas of a page or component, once it is ready, and makes it as
// sharp as the screen.
function canvas(owner, selector) {
  return new Promise((resolve) => {
    const query = owner.createSelectorQuery();
    query.select(selector).node();
    query.select(selector).boundingClientRect();
    query.exec(([{ node }, { width }]) => {
      node.width = Math.round(width * (my.getSystemInfoSync().pixelRatio || 1));
      node.height = node.width;
      resolve(node);
    });
  });
}

const titled = (title) => my.setNavigationBar({ title });

module.exports = { promised, send, store, language, canvas, titled };
