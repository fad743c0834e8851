// What the phone has whichever app runs on it: who holds it, what it remembers, its
// network, and what a test tells the person to do next. window.device is the test's way in.
const params = new URLSearchParams(location.search);

export const phone = {
  user: params.get('user') || 'nobody',
  app: params.get('app') || '',
  language: params.get('lang') || 'zh_CN',
  entered: JSON.parse(params.get('enter') || '{}'), // as another mini-program or a link opened this one
  agreed: false, // to the app's own question about privacy
  tapped: false, // within a tap: some APIs are refused outside of one
  calls: [], // every API that was called, in order
  next: {}, // what the person or the app answers to an API, by its name
  fields: {}, // what a test looks at
};
window.device = phone;

// Storage survives a restart of the mini-program, and is each package's own.
export const memory = {
  name: (owner, key) => `${phone.app}/${phone.user}/${owner}/${key}`,
  put(owner, key, data) { localStorage.setItem(this.name(owner, key), JSON.stringify(data)); },
  take(owner, key) {
    const text = localStorage.getItem(this.name(owner, key));
    return text === null ? undefined : JSON.parse(text);
  },
  drop(owner, key) { localStorage.removeItem(this.name(owner, key)); },
};

// http makes a real request, without the browser's cookies, as both apps do: every
// status is an answer. It rejects when nobody answered.
export async function http({ url, method = 'GET', headers = {}, data, timeout }) {
  if (new URL(url).origin !== location.origin) throw new Error('url not in domain list');
  for (const name of Object.keys(headers)) if (/^(referer|cookie)$/i.test(name)) throw new Error(`${name} cannot be set`);
  const body = data === undefined || method === 'GET' ? undefined : JSON.stringify(data);
  const stop = new AbortController();
  const late = setTimeout(() => stop.abort(), timeout || 60000);
  try {
    const response = await fetch(url, { method, body, credentials: 'omit', signal: stop.signal,
      headers: { 'Content-Type': 'application/json', ...headers } });
    const text = await response.text();
    let said = text;
    try { said = JSON.parse(text); } catch { /* it stays a text */ }
    return { status: response.status, said, text, headers: Object.fromEntries(response.headers) };
  } finally {
    clearTimeout(late);
  }
}

// served is what the app's own servers answer the phone, such as a code that is good
// once. It rejects where they do not do what they are asked.
export async function served(api, fields) {
  const query = new URLSearchParams({ ...fields, user: phone.user, app: phone.app });
  const response = await fetch(`/device/${api}?${query}`, { method: 'POST' });
  const text = await response.text();
  if (!response.ok) throw new Error(text || 'refused');
  return text;
}

// drawn is a canvas as the apps give it: no element, but what one draws on.
export function drawn(canvas) {
  return {
    get width() { return canvas.width; },
    set width(n) { canvas.width = n; },
    get height() { return canvas.height; },
    set height(n) { canvas.height = n; },
    getContext: (kind) => canvas.getContext(kind),
  };
}
