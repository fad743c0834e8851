// The Alipay shell: it logs in and opens the pages. ORIGIN is the address of the
// service, which must be on the mini-program's lists of server and H5 domains.
App({ origin: 'https://hc.example.cn', token: '' });
