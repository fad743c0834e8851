// An example of another maker's mini-program that shows health codes by the plugin.
// All that it does for it: what the city's mini-program sends back goes to the plugin.
const healthcode = requirePlugin('healthcode');

App({
  onShow({ referrerInfo }) {
    const { handover } = (referrerInfo && referrerInfo.extraData) || {};
    if (handover) healthcode.link(handover);
  },
});
