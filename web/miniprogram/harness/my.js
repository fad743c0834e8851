// Alipay's API as far as our packages use it, played: what it is called with is
// checked as Alipay's documents say, and requests are real. How its framework runs
// pages is rewritten here to Tencent's, which runs them: the semantics are ours.
import { drawn, http, memory, phone, served } from './phone.js';

export const name = 'my';

// What a plugin does not find of it.
const NOT_IN_PLUGINS = ['getEnterOptionsSync', 'loadPlugin', 'switchTab', 'scan', 'getPhoneNumber', 'requestSubscribeMessage', 'call', 'navigateBackMiniProgram'];

// query finds nodes in a page or component.
function query(owner) {
  const wanted = [];
  return {
    select: (selector) => ({
      node() { wanted.push((element) => ({ node: drawn(element.querySelector('canvas')) })); wanted.at(-1).selector = selector; },
      boundingClientRect() { wanted.push((element) => element.getBoundingClientRect()); wanted.at(-1).selector = selector; },
    }),
    exec(done) {
      done(wanted.map((take) => take(owner._$.getShadowRoot().querySelector(take.selector).getBackendElement())));
    },
  };
}

export function constructors({ Page, Component }) {
  return {
    Page,
    Component({ data, props = {}, didMount, didUnmount, rootEvents = {}, methods = {} }) {
      const within = (handler) => function () { if (handler) handler.call(this); };
      Component({
        data,
        properties: Object.fromEntries(Object.entries(props).map(([key, value]) => [key, { type: null, value }])),
        lifetimes: {
          attached() {
            this.props = this.properties;
            this.createSelectorQuery = () => query(this);
            if (didMount) didMount.call(this);
          },
          detached: within(didUnmount),
        },
        pageLifetimes: { show: within(rootEvents.onShow), hide: within(rootEvents.onHide) },
        methods,
      });
    },
  };
}

function answered(api, options = {}, work) {
  phone.calls.push({ api, options: Object.fromEntries(Object.entries(options).filter(([, v]) => typeof v !== 'function')) });
  Promise.resolve().then(work).then((said = {}) => {
    options.success?.(said);
    options.complete?.(said);
  }, (error) => {
    const said = { error: error.number || 12, errorMessage: error.message };
    options.fail?.(said);
    options.complete?.(said);
  });
}

function refuse(message, number) {
  throw Object.assign(new Error(message), { number });
}

// ready is what a test has laid ready for an API; nothing is the person who gives up.
function ready(api, number) {
  const said = phone.next[api];
  if (said === undefined) refuse('cancel', number);
  if (said.fail) refuse(said.fail, said.error);
  return said;
}

// certified is Alipay's page of the face: a test lays ready who stands before the camera.
async function certified({ certifyId, url }) {
  const face = phone.next.startBizService;
  if (!face) return { resultStatus: '6001', result: null };
  await served('alipay/startBizService', { check: certifyId, page: url, face });
  return { resultStatus: face === phone.user ? '9000' : '4000', result: { certifyId } };
}

// open is what the buttons do that are Alipay's own.
export function open(component, type) {
  if (type !== 'getAuthorize' || component.data.scope !== 'phoneNumber') throw new Error(`button of open-type ${type}`);
  if (phone.next.getAuthorize === 'refuse') component.triggerEvent('error', { type: 'getAuthorize', errorMessage: 'refused' });
  else component.triggerEvent('getauthorize', {});
}

export function make(owner, host) {
  const own = {
    getAuthCode: (o) => answered('getAuthCode', o, async () => {
      if (!o.scopes.includes('auth_base')) refuse('scopes', 2);
      return { authCode: await served('alipay/getAuthCode', { in: owner === 'main' ? 'app' : 'plugin' }), authSuccessScopes: o.scopes };
    }),
    getParentAppIdSync: () => ({ appId: phone.app }),
    request: (o) => answered('request', o, async () => {
      const { status, text, headers } = await http({ ...o, data: typeof o.data === 'string' ? JSON.parse(o.data) : o.data });
      if (o.dataType === 'text') return { status, data: text, headers };
      try {
        return { status, data: JSON.parse(text), headers };
      } catch {
        return refuse('JSON parse data error', 14);
      }
    }),
    setStorage: (o) => answered('setStorage', o, () => memory.put(owner, o.key, o.data)),
    getStorage: (o) => answered('getStorage', o, () => ({ data: memory.take(owner, o.key) ?? null })),
    removeStorage: (o) => answered('removeStorage', o, () => memory.drop(owner, o.key)),
    getSystemInfoSync: () => ({ language: phone.language === 'zh_CN' ? '简体中文' : 'English', pixelRatio: devicePixelRatio }),
    getEnterOptionsSync: () => phone.entered,
    navigateTo: (o) => answered('navigateTo', o, () => host.open(o.url, host.stack.at(-1))),
    redirectTo: (o) => answered('redirectTo', o, () => host.instead(o.url)),
    navigateToMiniProgram: (o) => answered('navigateToMiniProgram', o, () => ready('navigateToMiniProgram')),
    navigateBackMiniProgram: (o) => answered('navigateBackMiniProgram', o, () => {
      if (!phone.entered.referrerInfo?.appId) refuse('no referrer', 4);
      return ready('navigateBackMiniProgram');
    }),
    setNavigationBar: (o) => answered('setNavigationBar', o, () => host.title(o.title)),
    pageScrollTo: (o) => answered('pageScrollTo', o, () => scrollTo(0, o.scrollTop)),
    scan: (o) => answered('scan', o, () => ready('scan', 10)),
    datePicker: (o) => answered('datePicker', o, () => {
      const { date } = ready('datePicker', 11);
      if (date < o.startDate || date > o.endDate) refuse('out of range', 2);
      return { date };
    }),
    requestSubscribeMessage: (o) => answered('requestSubscribeMessage', o, async () => {
      if (!o.entityIds.length || o.entityIds.length > 3) refuse('entityIds', 2);
      const said = ready('requestSubscribeMessage', 11);
      await served('alipay/requestSubscribeMessage', { templates: said.result.subscribedEntityIds });
      return said;
    }),
    getPhoneNumber: (o) => answered('getPhoneNumber', o, async () => ({ response: await served('alipay/getPhoneNumber') })),
    call(api, o, done) {
      phone.calls.push({ api, options: o });
      certified(JSON.parse(o.param)).then(done, () => done({ resultStatus: '4000', result: null }));
    },
  };
  if (owner !== 'main') NOT_IN_PLUGINS.forEach((api) => delete own[api]);
  return own;
}
