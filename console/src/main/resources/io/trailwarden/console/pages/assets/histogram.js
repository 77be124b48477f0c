/** Findings over time, stacked by severity; drag across it to filter by time. */
import { LitElement, html, nothing, svg } from 'lit';
import { SEVERITIES, number, timeFor, words } from './format.js';

const WIDTH = 1000;
const HEIGHT = 84;
const ASCENDING = [...SEVERITIES].reverse();

class TimeHistogram extends LitElement {
  static properties = {
    data: { attribute: false },
    brush: { state: true },
    hover: { state: true },
  };

  constructor() {
    super();
    this.data = null;
    this.brush = null;
    this.hover = null;
  }

  createRenderRoot() {
    return this;
  }

  get from() {
    return Date.parse(this.data.from);
  }

  get to() {
    return Date.parse(this.data.to);
  }

  /** The time under the pointer, between 0 and 1 of the width. */
  part(event) {
    const box = this.renderRoot.querySelector('svg').getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
  }

  down(event) {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const at = this.part(event);
    this.brush = { begin: at, end: at };
  }

  move(event) {
    const at = this.part(event);
    if (this.brush) {
      this.brush = { ...this.brush, end: at };
    }
    const { stepMillis } = this.data;
    this.hover = Math.floor((at * (this.to - this.from)) / stepMillis);
  }

  up() {
    const { brush } = this;
    this.brush = null;
    if (!brush) return;
    const step = this.data.stepMillis;
    const width = this.to - this.from;
    const low = Math.min(brush.begin, brush.end);
    const high = Math.max(brush.begin, brush.end);
    const first = Math.floor((low * width) / step);
    const last = Math.min(Math.ceil(width / step), Math.max(first + 1, Math.ceil((high * width) / step)));
    this.dispatchEvent(
      new CustomEvent('brush', {
        detail: {
          from: new Date(this.from + first * step).toISOString(),
          to: new Date(this.from + last * step).toISOString(),
        },
      }),
    );
  }

  render() {
    if (!this.data) {
      return html`<div class="frame"><svg aria-hidden="true"></svg></div>`;
    }
    const { buckets, stepMillis } = this.data;
    const columns = Math.max(1, Math.round((this.to - this.from) / stepMillis));
    const width = WIDTH / columns;
    const totals = buckets.map((bucket) => bucket.counts.reduce((sum, count) => sum + count, 0));
    const most = Math.max(1, ...totals);
    const all = totals.reduce((sum, count) => sum + count, 0);
    const hovered = buckets.find((bucket) => Math.round((Date.parse(bucket.from) - this.from) / stepMillis) === this.hover);
    const brush = this.brush && {
      x: Math.min(this.brush.begin, this.brush.end) * WIDTH,
      width: Math.abs(this.brush.end - this.brush.begin) * WIDTH,
    };
    return html`<figure class="frame">
      <div class="legend" aria-hidden="true">
        ${SEVERITIES.map((name) => html`<span><i class="swatch fill-${name}"></i>${words(name)}</span>`)}
        <span class="at">${this.describe(hovered, most, stepMillis)}</span>
      </div>
      <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img"
          aria-label=${`${number(all)} findings from ${timeFor(this.from, stepMillis)} to ${timeFor(this.to, stepMillis)}, at most ${number(most)} in ${this.step(stepMillis)}`}
          @pointerdown=${this.down} @pointermove=${this.move} @pointerup=${this.up}
          @pointercancel=${() => (this.brush = null)} @pointerleave=${() => (this.hover = null)}>
        <line class="grid" x1="0" x2=${WIDTH} y1="0.5" y2="0.5"></line>
        <line class="grid" x1="0" x2=${WIDTH} y1=${HEIGHT / 2} y2=${HEIGHT / 2}></line>
        <line class="grid" x1="0" x2=${WIDTH} y1=${HEIGHT - 0.5} y2=${HEIGHT - 0.5}></line>
        ${buckets.map((bucket) => this.bar(bucket, width, most))}
        ${brush ? svg`<rect class="brush" x=${brush.x} y="0" width=${brush.width} height=${HEIGHT}></rect>` : nothing}
      </svg>
      <figcaption class="scale"><span>${timeFor(this.from, stepMillis)}</span>
        <span>${timeFor((this.from + this.to) / 2, stepMillis)}</span>
        <span>${timeFor(this.to, stepMillis)}</span></figcaption>
    </figure>`;
  }

  step(millis) {
    const minutes = millis / 60_000;
    if (minutes < 1) return `${millis / 1000} s`;
    if (minutes < 60) return `${minutes} min`;
    return minutes < 1440 ? `${minutes / 60} h` : `${minutes / 1440} d`;
  }

  describe(bucket, most, stepMillis) {
    if (!bucket) {
      return `highest bar: ${number(most)} in ${this.step(stepMillis)} · drag to choose a time`;
    }
    const parts = SEVERITIES.map((name) => [name, bucket.counts[ASCENDING.indexOf(name)]]).filter(([, count]) => count > 0);
    return `${timeFor(bucket.from, stepMillis)}: ${parts.map(([name, count]) => `${number(count)} ${words(name).toLowerCase()}`).join(', ')}`;
  }

  bar(bucket, width, most) {
    const x = ((Date.parse(bucket.from) - this.from) / this.data.stepMillis) * width;
    const gap = width > 4 ? 1 : 0;
    let y = HEIGHT;
    return ASCENDING.map((name, severity) => {
      const count = bucket.counts[severity];
      if (count === 0) return nothing;
      // A single critical finding among thousands must not vanish.
      const height = Math.max(2, (count / most) * (HEIGHT - 4));
      y -= height;
      return svg`<rect class="fill-${name}" x=${x} y=${Math.max(0, y)} width=${Math.max(1, width - gap)} height=${height}></rect>`;
    });
  }
}

customElements.define('tw-histogram', TimeHistogram);
