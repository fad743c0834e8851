// Rewrites the part of AXML that the Alipay packages use into WXML. What it makes
// of it is ours, not Ant's: it shows that the pages run, not that Alipay runs them so.
export function axml(text) {
  return text
    .replace(/\ba:(if|elif|else|for|for-item|for-index|key)\b/g, 'wx:$1')
    .replace(/\scatch([A-Z])(\w*)=/g, (_, first, rest) => ` catch:${first.toLowerCase()}${rest.toLowerCase()}=`)
    .replace(/\son([A-Z])(\w*)=/g, (_, first, rest) => ` bind:${first.toLowerCase()}${rest.toLowerCase()}=`);
}
