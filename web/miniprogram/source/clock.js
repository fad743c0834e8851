// Dates and times as the place writes them. Our own, because Intl is not on every
// phone; minutes is the place's offset from UTC, and there is no daylight saving.
'use strict';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY = 24 * 3600 * 1000;

const two = (n) => String(n).padStart(2, '0');

function make(language, minutes) {
  const at = (millis) => new Date(millis + minutes * 60000);

  function written(year, month, date) {
    return language === 'zh' ? `${year}年${month}月${date}日` : `${date} ${MONTHS[month - 1]} ${year}`;
  }

  // day is the civil day of an instant, in words.
  function day(millis) {
    const d = at(millis);
    return written(d.getUTCFullYear(), d.getUTCMonth() + 1, d.getUTCDate());
  }

  // hands is the time of day to the second, hour to the minute.
  function hands(millis) {
    const d = at(millis);
    return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`;
  }

  const hour = (millis) => hands(millis).slice(0, 5);

  // when is an instant; of a civil day such as 2021-04-30, or of an instant in RFC 3339, on writes the day.
  const when = (millis) => `${day(millis)}${language === 'zh' ? ' ' : ', '}${hour(millis)}`;
  const on = (text) => written(...text.slice(0, 10).split('-').map(Number));

  // civil is the day so many days before the instant's, as forms take it.
  const civil = (millis, before) => at(millis - (before || 0) * DAY).toISOString().slice(0, 10);

  return { day, hands, hour, when, on, civil };
}

module.exports = { make };
