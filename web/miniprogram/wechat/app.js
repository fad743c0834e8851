// The WeChat shell: it logs in and opens the pages. ORIGIN is the address of the
// service, which must be on the mini-program's lists of request and business domains.
App({ origin: 'https://hc.example.cn', token: '' });
