// The WeChat shell: logs in, shows the code natively, and opens the service's pages
// for the rest. What a city sets is in config.js.
App({});
