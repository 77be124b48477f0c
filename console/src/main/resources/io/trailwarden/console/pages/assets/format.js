/** Times, numbers and names as people read them. Times are UTC, as in the records. */
import { html, svg } from 'lit';

export const SEVERITIES = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL'];

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (number) => String(number).padStart(2, '0');

/** 22 Nov 14:03:11 */
export function time(instant) {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) {
    return '–';
  }
  return `${two(date.getUTCDate())} ${MONTHS[date.getUTCMonth()]} ${clock(date)}`;
}

function clock(date) {
  return `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
}

/** As short as the width of a bucket allows. */
export function timeFor(instant, stepMillis) {
  const date = new Date(instant);
  const day = `${two(date.getUTCDate())} ${MONTHS[date.getUTCMonth()]}`;
  if (stepMillis >= 86_400_000) {
    return `${day} ${date.getUTCFullYear()}`;
  }
  return stepMillis >= 60_000 ? `${day} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}` : `${day} ${clock(date)}`;
}

export function ago(instant, now = Date.now()) {
  const seconds = Math.round((now - new Date(instant).getTime()) / 1000);
  return seconds < 0 ? 'just now' : `${span(seconds * 1000)} ago`;
}

/** 40 s, 4 min, 2 h, 3 d */
export function span(millis) {
  const seconds = Math.round(millis / 1000);
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

const grouped = new Intl.NumberFormat('en-GB');
export const number = (value) => grouped.format(value);

/** 12,345 · 1.2 M */
export function short(value) {
  if (value >= 1e9) return `${(value / 1e9).toFixed(1)} G`;
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} M`;
  return number(Math.round(value));
}

export function rate(value) {
  if (value === null || value === undefined) return '–';
  return value > 0 && value < 10 ? value.toFixed(1) : short(value);
}

/** FALSE_POSITIVE as "False positive". */
export function words(name) {
  const text = name.replaceAll('_', ' ').toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What is left of an ARN for a narrow column; the whole stands in the drawer. */
export function shortPrincipal(principal) {
  const arn = principal.match(/^arn:[^:]*:[^:]*:[^:]*:[^:]*:(.+)$/);
  return arn ? arn[1] : principal;
}

/** A severity as word and as a level of five bars, so that it never depends on colour. */
export function severity(name) {
  const level = SEVERITIES.length - SEVERITIES.indexOf(name);
  return html`<span class="severity ${name}">
    <svg viewBox="0 0 19 14" aria-hidden="true">
      ${[1, 2, 3, 4, 5].map(
        (bar) => svg`<rect class=${bar <= level ? 'on' : ''} x=${(bar - 1) * 4} y=${12 - bar * 2.2} width="3" height=${bar * 2.2 + 2} rx="0.8"></rect>`,
      )}
    </svg>${words(name)}</span>`;
}

export function status(name) {
  return html`<span class="status ${name}">${words(name)}</span>`;
}

/** Copies text; says whether it could. */
export async function copy(text, done) {
  try {
    await navigator.clipboard.writeText(text);
    say(done);
  } catch {
    say('The browser did not allow copying.');
  }
}

/** A short message at the bottom of the page. */
export function say(message, action = null) {
  window.dispatchEvent(new CustomEvent('tw-say', { detail: { message, action } }));
}
