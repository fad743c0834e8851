// WeChat's API as far as our packages use it, played: what it is called with is
// checked as WeChat's documents say, and requests are real.
import { drawn, http, memory, phone, served } from './phone.js';

export const name = 'wx';
export const constructors = (made) => made;

// What a plugin finds of it (the page "plugin API limitations", and each API's own).
const IN_PLUGINS = ['pluginLogin', 'request', 'setStorage', 'getStorage', 'removeStorage', 'nextTick', 'createSelectorQuery', 'getWindowInfo',
  'getSystemInfoSync', 'getAppBaseInfo', 'navigateTo', 'redirectTo', 'navigateBack', 'navigateToMiniProgram',
  'setNavigationBarTitle', 'pageScrollTo'];

// answered settles a call by what it promised, with the words of errMsg.
function answered(api, options = {}, work) {
  phone.calls.push({ api, options: Object.fromEntries(Object.entries(options).filter(([, v]) => typeof v !== 'function')) });
  Promise.resolve().then(work).then((said) => {
    const full = { errMsg: `${api}:ok`, ...said };
    options.success?.(full);
    options.complete?.(full);
  }, (error) => {
    const full = { errMsg: `${api}:fail ${error.message || error}`, ...error.extra };
    options.fail?.(full);
    options.complete?.(full);
  });
}

function refuse(message, extra) {
  throw Object.assign(new Error(message), { extra });
}

// ready is what a test has laid ready for an API; nothing is the person who gives up.
function ready(api) {
  const said = phone.next[api];
  if (said === undefined) refuse('cancel');
  if (said.fail) refuse(said.fail, said);
  return said;
}

// query finds nodes in a page or component, as createSelectorQuery does.
function query(host) {
  const wanted = [];
  let owner = null;
  const self = {
    in(component) { owner = component; return self; },
    select(selector) {
      return { fields(fields) { wanted.push({ selector, fields }); return self; } };
    },
    exec(done) {
      const of = owner || host.stack.at(-1).root.get();
      done(wanted.map(({ selector, fields }) => {
        const found = of._$.getShadowRoot().querySelector(selector);
        if (!found) return null;
        const element = found.getBackendElement();
        const rect = element.getBoundingClientRect();
        return { ...(fields.size && { width: rect.width, height: rect.height }), ...(fields.node && { node: drawn(element.querySelector('canvas')) }) };
      }));
    },
  };
  return self;
}

// verified is WeChat's page of the face: a test lays ready who stands before the camera.
async function verified(check) {
  const face = phone.next.requestFacialVerify;
  if (!check) refuse('parameter error');
  if (!face) refuse('cancel', { errCode: 90002 });
  await served('wechat/requestFacialVerify', { check, face });
  if (face !== phone.user) refuse('time out', { errCode: 90017 });
  return { errCode: 0 };
}

let privacy = null; // the handler of onNeedPrivacyAuthorization

// needed asks whoever must be asked before anything personal is handed over.
function needed() {
  if (phone.agreed) return Promise.resolve();
  phone.calls.push({ api: 'onNeedPrivacyAuthorization', options: {} });
  return new Promise((resolve, reject) => {
    privacy(({ event, buttonId }) => {
      phone.calls.push({ api: 'resolve', options: { event, buttonId } });
      if (event === 'agree' && phone.pressedAgree === buttonId) {
        phone.agreed = true;
        resolve();
      } else if (event === 'disagree') reject(new Error('privacy permission is not authorized'));
    }, { referrer: 'button.getPhoneNumber' });
  });
}

// open is what the buttons do that are WeChat's own.
export function open(component, type) {
  if (type === 'agreePrivacyAuthorization') {
    phone.pressedAgree = component.id;
    component.triggerEvent('agreeprivacyauthorization', { errMsg: 'agreePrivacyAuthorization:ok' });
  } else if (type === 'getPhoneNumber') {
    needed().then(() => (phone.next.getPhoneNumber === 'refuse' ? refuse('user deny') : served('wechat/getPhoneNumber')))
      .then((got) => component.triggerEvent('getphonenumber', { code: got, errMsg: 'getPhoneNumber:ok' }),
        (error) => component.triggerEvent('getphonenumber', { errMsg: `getPhoneNumber:fail ${error.message}`, errno: 104 }));
  } else throw new Error(`button of open-type ${type}`);
}

export function make(owner, host) {
  const own = {
    login: (o) => answered('login', o, async () => ({ code: await served('wechat/login') })),
    pluginLogin: (o) => answered('pluginLogin', o, async () => ({ code: await served('wechat/pluginLogin') })),
    request: (o) => answered('request', o, async () => {
      const { status, said, headers } = await http({ ...o, headers: o.header });
      return { statusCode: status, data: said, header: headers };
    }),
    setStorage: (o) => answered('setStorage', o, () => {
      if (JSON.stringify(o.data).length > 1024 * 1024) refuse('exceed max size');
      memory.put(owner, `${o.encrypt ? 'sealed ' : ''}${o.key}`, o.data);
    }),
    getStorage: (o) => answered('getStorage', o, () => {
      const data = memory.take(owner, `${o.encrypt ? 'sealed ' : ''}${o.key}`);
      if (data === undefined) refuse('data not found');
      return { data };
    }),
    removeStorage: (o) => answered('removeStorage', o, () => {
      memory.drop(owner, o.key);
      memory.drop(owner, `sealed ${o.key}`);
    }),
    nextTick: (work) => setTimeout(work, 0),
    createSelectorQuery: () => query(host),
    getWindowInfo: () => ({ pixelRatio: devicePixelRatio, windowWidth: innerWidth, windowHeight: innerHeight }),
    getAppBaseInfo: () => ({ language: phone.language, SDKVersion: '3.8.12' }),
    getSystemInfoSync: () => ({ language: phone.language, pixelRatio: devicePixelRatio }),
    getEnterOptionsSync: () => phone.entered,
    navigateTo: (o) => answered('navigateTo', o, () => {
      if (host.stack.length >= 10) refuse('webview count limit exceed');
      host.open(o.url, host.stack.at(-1));
    }),
    redirectTo: (o) => answered('redirectTo', o, () => host.instead(o.url)),
    navigateBack: (o) => answered('navigateBack', o, () => host.back()),
    navigateToMiniProgram: (o) => answered('navigateToMiniProgram', o, tapped('navigateToMiniProgram', () => ready('navigateToMiniProgram'))),
    navigateBackMiniProgram: (o) => answered('navigateBackMiniProgram', o, () => {
      if (!phone.entered.referrerInfo?.appId) refuse('no referrer');
      return ready('navigateBackMiniProgram');
    }),
    setNavigationBarTitle: (o) => answered('setNavigationBarTitle', o, () => host.title(o.title)),
    pageScrollTo: (o) => answered('pageScrollTo', o, () => scrollTo(0, o.scrollTop)),
    scanCode: (o) => answered('scanCode', o, () => ready('scanCode')),
    requestSubscribeMessage: (o) => answered('requestSubscribeMessage', o, tapped('requestSubscribeMessage', async () => {
      if (!o.tmplIds.length || o.tmplIds.length > 3) refuse('Templates count out of max bounds', { errCode: 20003 });
      const said = ready('requestSubscribeMessage');
      const templates = o.tmplIds.filter((id) => said[id] === 'accept');
      if (templates.length) await served('wechat/requestSubscribeMessage', { templates });
      return said;
    })),
    requestFacialVerify: (o) => answered('requestFacialVerify', o, () => verified(o.verifyId)),
    onNeedPrivacyAuthorization: (handler) => { privacy = handler; },
    openPrivacyContract: (o) => answered('openPrivacyContract', o, () => {}),
  };
  return owner === 'main' ? own : Object.fromEntries(IN_PLUGINS.map((api) => [api, own[api]]));
}

// tapped refuses a call that no tap led to; the tap is over once the call has returned.
function tapped(api, work) {
  const within = phone.tapped;
  return () => {
    if (!within) refuse(`can only be invoked by user TAP gesture. (${api})`);
    return work();
  };
}
