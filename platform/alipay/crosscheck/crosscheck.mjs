// Lets Alipay's own SDK talk to a played gateway. It reads one JSON object from
// stdin, {sdk: its configuration, encrypt, code, open_id, message, notification,
// request, app_public_key}, and writes what it made of each to stdout.
import { File } from 'node:buffer';

globalThis.File ??= File; // which Node.js 18 has, and not where the SDK looks for it
const { AlipaySdk } = await import('alipay-sdk');

const text = await new Promise((done) => {
  let all = '';
  process.stdin.on('data', (part) => (all += part)).on('end', () => done(all));
});
const { sdk: config, encrypt, code, open_id, message, notification, request, app_public_key } = JSON.parse(text);
const sdk = new AlipaySdk({ ...config, camelcase: false });

// An answer in cipher cannot be checked by this SDK: it looks for the first brace.
const options = { validateSign: !encrypt };
const call = (method, bizContent) => sdk.exec(method, { bizContent, needEncrypt: encrypt }, options);
const refused = async (promise) => promise.then(() => 'believed', (error) => error.message.split('，')[0]);

const out = {};
out.numbers = [sdk.config.appCertSn, sdk.config.alipayRootCertSn, sdk.config.alipayCertSn];
out.token = await sdk.exec('alipay.system.oauth.token', { grant_type: 'authorization_code', code }, { validateSign: true });
out.again = await sdk.exec('alipay.system.oauth.token', { grant_type: 'authorization_code', code });
out.share = await sdk.exec('alipay.user.info.share', { auth_token: out.token.access_token }, { validateSign: true });

out.started = await call('alipay.user.certify.open.initialize', {
  outer_order_no: 'ZGYD201809132323000001234',
  biz_code: 'FACE',
  identity_param: { identity_type: 'CERT_INFO', cert_type: 'IDENTITY_CARD', cert_name: '张三', cert_no: '11010519491231002X' },
  merchant_config: { return_url: 'https://example.com/' },
});
out.page = sdk.pageExecute('alipay.user.certify.open.certify', 'GET', { bizContent: { certify_id: out.started.certify_id } });
out.opened = (await fetch(out.page)).headers.get('content-type');
out.passed = await call('alipay.user.certify.open.query', { certify_id: out.started.certify_id });

const keywords = { keyword1: { value: '绿码' }, keyword2: { value: '11月24日 <12:00> & "later"' } };
out.sent = await call('alipay.open.app.mini.templatemessage.send', {
  to_open_id: open_id, user_template_id: 'colour', page: 'pages/a?b=1', data: JSON.stringify(keywords),
});
out.qr = await call('alipay.open.app.qrcode.create', { url_param: 'pages/a', query_param: 'b=1', describe: '社区东门' });

// What comes in, and what our adapter sends.
out.phone = encrypt ? JSON.parse(sdk.aesDecrypt(JSON.parse(message).response)) : {};
out.notified = sdk.checkNotifySignV2(notification);
out.altered = sdk.checkNotifySignV2({ ...notification, biz_content: '{}' });
const gateway = new AlipaySdk({ ...config, alipayPublicKey: app_public_key, alipayPublicCertContent: undefined, appCertContent: undefined, alipayRootCertContent: undefined });
out.ours = gateway.checkNotifySign(request, true);
out.oursAltered = gateway.checkNotifySign({ ...request, code: 'other' }, true);

// The next two answers are forged.
out.forged = await refused(sdk.exec('alipay.user.info.share', { auth_token: out.token.access_token }, { validateSign: true }));
out.stranger = await refused(sdk.exec('alipay.user.info.share', { auth_token: out.token.access_token }, { validateSign: true }));

process.stdout.write(JSON.stringify(out));
