// An example of another maker's mini-program that shows health codes by the plugin.
// All that it does for it: what the city's mini-program sends back goes to the plugin.
const healthcode = requirePlugin('healthcode');

App({
  onShow() {
    const { referrerInfo } = my.getEnterOptionsSync(); // onShow is not given it on every client
    const { handover } = (referrerInfo && referrerInfo.extraData) || {};
    if (handover) healthcode.link(handover);
  },
});
