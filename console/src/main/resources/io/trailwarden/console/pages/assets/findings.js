/**
 * The list of findings, live.
 *
 * Rows come in pages from the server and then by the live stream. While the list is paused or scrolled, arrivals are
 * kept aside and counted; amendments of rows on screen are shown at once unless paused. What cannot be kept aside any
 * more, or was missed, is read again from the server, so nothing is ever lost.
 */
import { LitElement, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { get, queryOf } from './api.js';
import * as view from './address.js';
import { ago, number, say, severity, short, shortPrincipal, status, time } from './format.js';
import { Live } from './live.js';
import { acknowledge } from './decide.js';
import './drawer.js';
import './facets.js';
import './histogram.js';

const ROW = 46;
const MARGIN = 12;
const PAGE = 200;
const MAX_ASIDE = 10_000;
const MAX_ROWS = 50_000;
const COUNT_EVERY = 3000;
const SAY_EVERY = 5000;

class Findings extends LitElement {
  static properties = {
    session: { attribute: false },
    view: { state: true },
    rows: { state: true },
    next: { state: true },
    facets: { state: true },
    histogram: { state: true },
    aside: { state: true },
    missed: { state: true },
    paused: { state: true },
    connected: { state: true },
    loading: { state: true },
    problem: { state: true },
    top: { state: true },
    height: { state: true },
    cursor: { state: true },
    announcement: { state: true },
    facetsShown: { state: true },
    now: { state: true },
  };

  constructor() {
    super();
    this.view = view.parse(location.search);
    this.rows = [];
    this.next = null;
    this.facets = null;
    this.histogram = null;
    this.aside = new Map();
    this.missed = 0;
    this.paused = false;
    /** Null until the first answer: a page that is just opening has lost nothing. */
    this.connected = null;
    this.loading = true;
    this.problem = null;
    this.top = 0;
    this.height = 600;
    this.cursor = null;
    this.announcement = '';
    this.facetsShown = false;
    this.now = Date.now();
    this.fresh = new Set();
    this.unsaid = 0;
    this.onPop = () => {
      const before = queryOf(view.filter(this.view)) + this.view.sort;
      this.view = view.parse(location.search);
      if (queryOf(view.filter(this.view)) + this.view.sort !== before) {
        this.load();
      }
    };
    this.onKey = (event) => this.key(event);
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    window.addEventListener('popstate', this.onPop);
    window.addEventListener('keydown', this.onKey);
    this.clock = setInterval(() => {
      this.now = Date.now();
      this.announce();
    }, SAY_EVERY);
    this.resize = new ResizeObserver((entries) => (this.height = entries[0].contentRect.height));
    this.load();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.removeEventListener('popstate', this.onPop);
    window.removeEventListener('keydown', this.onKey);
    clearInterval(this.clock);
    clearTimeout(this.retry);
    clearTimeout(this.counting);
    clearTimeout(this.typing);
    this.resize.disconnect();
    this.live?.close();
  }

  updated() {
    this.classList.toggle('with-drawer', this.view.finding !== null);
    const scroller = this.renderRoot.querySelector('.rows');
    if (scroller && scroller !== this.observed) {
      this.observed = scroller;
      this.resize.disconnect();
      this.resize.observe(scroller);
    }
  }

  /** Reads the list from its beginning and listens on from there. */
  async load() {
    this.loader?.abort();
    this.loader = new AbortController();
    const { signal } = this.loader;
    this.live?.close();
    clearTimeout(this.retry);
    this.loading = true;
    this.problem = null;
    const filter = view.filter(this.view);
    try {
      const page = await get('/api/findings', { ...filter, sort: this.view.sort, limit: PAGE }, signal);
      this.rows = page.findings;
      this.next = page.next;
      this.aside = new Map();
      this.missed = 0;
      this.loading = false;
      this.scrollTo0();
      this.live = new Live(filter, page.seq, this.session.store, {
        connected: (connected) => (this.connected = connected),
        findings: (event) => this.arrive(event),
        missed: (count) => {
          this.missed += count;
          this.count();
        },
        renew: () => this.load(),
      });
      this.readCounts(filter, signal);
    } catch (error) {
      if (error.name !== 'AbortError') {
        this.loading = false;
        this.connected = false;
        this.problem = error.message;
        if (error.status === 0) {
          this.retry = setTimeout(() => this.load(), 3000);
        }
      }
    }
  }

  async readCounts(filter = view.filter(this.view), signal = this.loader.signal) {
    try {
      const [facets, histogram] = await Promise.all([
        get('/api/facets', filter, signal),
        get('/api/histogram', { ...filter, buckets: 120 }, signal),
      ]);
      this.facets = facets;
      this.histogram = histogram;
    } catch (error) {
      if (error.name !== 'AbortError' && this.problem === null) {
        say(`Counts are not up to date: ${error.message}`);
      }
    }
  }

  /** Counts anew soon, at most every few seconds however much arrives. */
  count() {
    if (!this.counting) {
      this.counting = setTimeout(() => {
        this.counting = null;
        if (!document.hidden && !this.paused) {
          this.readCounts();
        }
      }, COUNT_EVERY);
    }
  }

  async more() {
    if (!this.next || this.reading) return;
    this.reading = true;
    const { signal } = this.loader;
    try {
      const page = await get('/api/findings', { ...view.filter(this.view), sort: this.view.sort, limit: PAGE, cursor: this.next }, signal);
      const known = new Set(this.rows.map((row) => row.id));
      this.rows = [...this.rows, ...page.findings.filter((row) => !known.has(row.id))];
      this.next = page.next;
    } catch (error) {
      if (error.name !== 'AbortError') {
        say(error.message);
      }
    } finally {
      this.reading = false;
    }
  }

  arrive({ findings, gone }) {
    this.count();
    const places = new Map(this.rows.map((row, index) => [row.id, index]));
    const fresh = [];
    let rows = this.rows;
    const aside = new Map(this.aside);
    for (const row of findings) {
      if (!this.paused && places.has(row.id)) {
        rows = rows === this.rows ? [...rows] : rows;
        rows[places.get(row.id)] = row;
      } else {
        fresh.push(row);
      }
    }
    const leaving = new Set(gone);
    if (leaving.size > 0) {
      leaving.forEach((id) => aside.delete(id));
      if (!this.paused && rows.some((row) => leaving.has(row.id))) {
        rows = rows.filter((row) => !leaving.has(row.id));
      } else if (this.paused && rows.some((row) => leaving.has(row.id))) {
        this.stale = true;
      }
    }
    // A row further down that was amended is not an arrival; it will be read when it is reached.
    const oldest = rows.length > 0 && this.next ? rows[rows.length - 1].number : 0;
    for (const row of fresh) {
      if (this.view.sort !== 'arrival' || row.number >= oldest) {
        aside.set(row.id, row);
        this.unsaid += row.number === row.seq ? 1 : 0;
      }
    }
    this.rows = rows;
    if (aside.size > MAX_ASIDE) {
      this.missed += aside.size;
      aside.clear();
    }
    this.aside = aside;
    if (!this.paused && this.missed === 0 && this.view.sort === 'arrival' && this.atTop()) {
      this.merge();
    }
    if (!this.paused && this.missed > 0 && this.atTop()) {
      this.reloadSoon();
    }
  }

  /** Under a flood the list is read anew now and then instead of following every row. */
  reloadSoon() {
    if (!this.renewing) {
      this.renewing = setTimeout(() => {
        this.renewing = null;
        if (!this.paused && this.atTop()) this.load();
      }, 2000);
    }
  }

  atTop() {
    return this.top < ROW / 2;
  }

  /** Puts what was kept aside into the list. */
  merge() {
    if (this.aside.size === 0) return;
    const kept = this.rows.filter((row) => !this.aside.has(row.id));
    this.fresh = new Set(this.aside.keys());
    const rows = [...this.aside.values(), ...kept].sort((left, right) => right.number - left.number);
    if (rows.length > MAX_ROWS) {
      rows.length = MAX_ROWS;
      const last = rows[MAX_ROWS - 1].number;
      this.next = `${last}.${last}`;
    }
    this.rows = rows;
    this.aside = new Map();
  }

  /** Shows what is new, from the list's beginning. */
  showNew() {
    if (this.missed > 0 || this.view.sort !== 'arrival' || this.stale) {
      this.stale = false;
      this.load();
    } else {
      this.merge();
      this.scrollTo0();
    }
  }

  pause() {
    this.paused = !this.paused;
    if (!this.paused) {
      this.showNew();
      this.count();
    }
  }

  scrollTo0() {
    this.top = 0;
    this.renderRoot.querySelector('.rows')?.scrollTo({ top: 0 });
  }

  announce() {
    if (this.unsaid > 0) {
      this.announcement = `${number(this.unsaid)} new ${this.unsaid === 1 ? 'finding' : 'findings'}`;
      this.unsaid = 0;
    }
  }

  /** Another filter: a place in the browser's history, and the list anew. */
  refilter(change, replace = false) {
    const next = structuredClone(this.view);
    change(next);
    this.show(next, replace);
    this.load();
  }

  show(next, replace = false) {
    this.view = next;
    const href = `/${queryOf(view.address(next))}`;
    if (replace) {
      history.replaceState(null, '', href);
    } else {
      history.pushState(null, '', href);
    }
  }

  open(id) {
    const next = structuredClone(this.view);
    next.finding = next.finding === id ? null : id;
    this.cursor = id ?? this.cursor;
    this.show(next);
  }

  closeDrawer() {
    const next = structuredClone(this.view);
    next.finding = null;
    this.show(next);
    this.updateComplete.then(() => this.focusCursor());
  }

  search(event) {
    const text = event.target.value;
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.refilter((next) => (next.q = text), true), 250);
  }

  key(event) {
    const typing = event.composedPath()[0].closest?.('input:not([type=checkbox]), textarea, select, [contenteditable], dialog');
    if (event.key === 'Escape' && this.view.finding && !document.querySelector('dialog[open]')) {
      this.closeDrawer();
      return;
    }
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const done = {
      j: () => this.step(1),
      k: () => this.step(-1),
      p: () => this.pause(),
      n: () => this.showNew(),
      '/': () => this.renderRoot.querySelector('.search').focus(),
      a: () => this.decideByKey('acknowledge'),
      c: () => this.decideByKey('close'),
      Enter: () => this.enter(event),
    }[event.key];
    if (done && done() !== false) {
      event.preventDefault();
    }
  }

  enter(event) {
    // On a button or a link of its own, Enter is that one's.
    if (event.target.closest?.('button, a:not(.title), summary, input')) return false;
    if (!this.cursor) return false;
    this.open(this.cursor);
    return true;
  }

  decideByKey(what) {
    const row = this.rows.find((each) => each.id === (this.view.finding ?? this.cursor));
    if (!row) return false;
    if (what === 'acknowledge') {
      acknowledge(row);
    } else {
      if (this.view.finding !== row.id) this.open(row.id);
      this.updateComplete.then(() => this.renderRoot.querySelector('tw-drawer').startClosing());
    }
    return true;
  }

  step(by) {
    const at = this.rows.findIndex((row) => row.id === this.cursor);
    const next = Math.min(this.rows.length - 1, Math.max(0, at < 0 ? 0 : at + by));
    if (this.rows.length === 0) return;
    this.cursor = this.rows[next].id;
    if (this.view.finding && this.view.finding !== this.cursor) {
      const changed = structuredClone(this.view);
      changed.finding = this.cursor;
      this.show(changed, true);
    }
    const scroller = this.renderRoot.querySelector('.rows');
    const y = next * ROW;
    if (y < scroller.scrollTop) {
      scroller.scrollTop = y;
    } else if (y + ROW > scroller.scrollTop + scroller.clientHeight) {
      scroller.scrollTop = y + ROW - scroller.clientHeight;
    }
    this.top = scroller.scrollTop;
    this.updateComplete.then(() => this.focusCursor());
  }

  focusCursor() {
    this.renderRoot.querySelector('.rows .row.chosen .title')?.focus({ preventScroll: true });
  }

  scrolled(event) {
    this.top = event.target.scrollTop;
    if (this.top + this.height > (this.rows.length - 40) * ROW) {
      this.more();
    }
    if (!this.paused && this.atTop() && (this.aside.size > 0 || this.missed > 0)) {
      this.showNew();
    }
  }

  render() {
    return html`
      <aside class="facets ${this.facetsShown ? 'shown' : ''}" aria-label="Filters">
        <tw-facets .data=${this.facets} .view=${this.view}
          @choose=${({ detail }) => this.refilter((next) => view.toggle(next, detail.field, detail.value, detail.side))}></tw-facets>
      </aside>
      <section class="board" aria-label="Findings">
        ${this.bar()}
        ${this.chips()}
        <div class="histogram"><tw-histogram .data=${this.histogram}
          @brush=${({ detail }) => this.refilter((next) => Object.assign(next, { span: '', ...detail }))}></tw-histogram></div>
        ${this.list()}
        <div class="visually-hidden" role="status" aria-live="polite">${this.announcement}</div>
      </section>
      ${this.view.finding
        ? html`<tw-drawer class="drawer" role="complementary" aria-label="Details of the finding" .session=${this.session} .finding=${this.view.finding}
            .row=${this.rows.find((row) => row.id === this.view.finding)}
            @close=${this.closeDrawer}
            @choose=${({ detail }) => this.refilter((next) => view.toggle(next, detail.field, detail.value, detail.side))}></tw-drawer>`
        : nothing}`;
  }

  bar() {
    const total = this.facets ? `${number(this.facets.total)} of ${number(this.facets.all)}` : '';
    const waiting = this.aside.size + this.missed;
    return html`<div class="bar">
      <h1>Findings</h1>
      <span class="muted num" title="that the filter lets through, of all">${total}</span>
      <button class="facets-toggle" aria-expanded=${this.facetsShown ? 'true' : 'false'} @click=${() => (this.facetsShown = !this.facetsShown)}>Filters</button>
      <input class="search" type="search" placeholder="Search title, principal, address, event id…  ( / )" aria-label="Search findings"
        .value=${this.view.q} @input=${this.search}>
      <select aria-label="Time" @change=${(event) => this.refilter((next) => Object.assign(next, { span: event.target.value, from: '', to: '' }))}>
        <option value="" ?selected=${this.view.span === ''}>${this.view.from || this.view.to ? 'Chosen time' : 'Any time'}</option>
        ${Object.keys(view.SPANS).map((span) => html`<option value=${span} ?selected=${this.view.span === span}>Last ${span}</option>`)}
      </select>
      <select aria-label="Order" @change=${(event) => this.refilter((next) => (next.sort = event.target.value))}>
        <option value="arrival" ?selected=${this.view.sort === 'arrival'}>Latest arrival</option>
        <option value="time" ?selected=${this.view.sort === 'time'}>Latest event</option>
        <option value="severity" ?selected=${this.view.sort === 'severity'}>Worst first</option>
      </select>
      <span class="end">
        <span class="pill ${this.connected ? 'WELL' : this.connected === null ? 'UNKNOWN' : 'STALLED'}"><span class="dot" aria-hidden="true"></span>${
          this.paused ? 'Paused' : this.connected ? 'Live' : this.connected === null ? 'Connecting…' : 'Reconnecting…'}</span>
        <button class="pause" aria-pressed=${this.paused ? 'true' : 'false'} @click=${this.pause}>
          ${this.paused ? html`Resume${waiting > 0 ? html` · <strong class="waiting">${number(waiting)}</strong> new` : nothing}` : 'Pause'}</button>
      </span>
    </div>`;
  }

  chips() {
    const chips = [];
    for (const field of view.FIELDS) {
      if (field === 'status' && view.isDefaultStatus(this.view)) continue;
      for (const side of ['include', 'exclude']) {
        for (const value of this.view[side][field]) {
          const text = `${field}${side === 'exclude' ? ' is not' : ':'} ${value === '' ? '(none)' : value}`;
          chips.push(html`<span class="chip"><span>${text}</span>
            <button aria-label="Remove the filter ${text}" @click=${() => this.refilter((next) => view.toggle(next, field, value, side))}>×</button></span>`);
        }
      }
    }
    if (this.view.from || this.view.to) {
      chips.push(html`<span class="chip"><span>${time(this.view.from)} to ${time(this.view.to)}</span>
        <button aria-label="Remove the filter by time" @click=${() => this.refilter((next) => Object.assign(next, { from: '', to: '' }))}>×</button></span>`);
    }
    if (this.facets && view.isDefaultStatus(this.view)) {
      const hidden = this.facets.fields.status.values
        .filter((each) => ['CLOSED', 'SUPPRESSED', 'WITHDRAWN'].includes(each.value))
        .reduce((sum, each) => sum + each.count, 0);
      if (hidden > 0) {
        chips.push(html`<button class="quiet muted" @click=${() => this.refilter((next) => (next.include.status = []))}>${number(hidden)} closed, suppressed or withdrawn are hidden · show</button>`);
      }
    }
    if (view.isFiltered(this.view)) {
      chips.push(html`<button class="quiet" @click=${this.clear}>Clear all</button>`);
    }
    return html`<div class="chips">${chips}</div>`;
  }

  clear() {
    const fresh = view.parse('');
    fresh.sort = this.view.sort;
    fresh.finding = this.view.finding;
    this.show(fresh);
    this.load();
  }

  list() {
    const waiting = this.aside.size + this.missed;
    const first = Math.max(0, Math.floor(this.top / ROW) - MARGIN);
    const last = Math.min(this.rows.length, Math.ceil((this.top + this.height) / ROW) + MARGIN);
    return html`<div class="list" role="table" aria-label="Findings" aria-rowcount=${this.facets ? this.facets.total + 1 : -1} aria-busy=${this.loading ? 'true' : 'false'}>
      <div role="rowgroup"><div class="row head" role="row" aria-rowindex="1">
        ${['Severity', 'Last event', 'Finding', 'Account', 'Events', 'Status'].map(
          (name) => html`<span role="columnheader" class=${name === 'Events' ? 'num' : ''}>${name}</span>`)}
      </div></div>
      ${waiting > 0 && !this.paused && !this.loading
        ? html`<button class="newer primary" @click=${this.showNew}>${number(waiting)} new ↑</button>` : nothing}
      <div class="rows" role="rowgroup" @scroll=${this.scrolled}>
        ${this.rows.length > 0
          ? html`<div role="presentation" .style=${`height:${first * ROW}px`}></div>
            ${repeat(this.rows.slice(first, last), (row) => row.id, (row, index) => this.row(row, first + index))}
            <div role="presentation" .style=${`height:${(this.rows.length - last) * ROW}px`}></div>
            <div class="tail" role="row"><span role="cell">${this.next ? 'Loading more…' : `That is all: ${number(this.rows.length)} findings.`}</span></div>`
          : html`<div role="row"><div role="cell">${this.empty()}</div></div>`}
      </div>
    </div>`;
  }

  row(row, index) {
    const chosen = row.id === (this.view.finding ?? this.cursor);
    const next = structuredClone(this.view);
    next.finding = row.id;
    const reopened = row.decision?.verdict === 'CLOSED' && row.status === 'OPEN';
    return html`<div class="row ${chosen ? 'chosen' : ''} ${this.fresh.has(row.id) ? 'fresh' : ''}" role="row" aria-rowindex=${index + 2}
        @click=${(event) => this.clicked(event, row.id)}>
      <span role="cell">${severity(row.severity)}</span>
      <span role="cell"><time datetime=${row.lastTime} title=${ago(row.lastTime, this.now)}>${time(row.lastTime)}</time></span>
      <span role="cell" class="what">
        <a class="title" href=${`/${queryOf(view.address(next))}`} title=${row.title}>${row.title}</a>
        <small>${row.detection}${row.principal ? html` · ${shortPrincipal(row.principal)}` : nothing}</small>
      </span>
      <span role="cell" class="place">${row.account || '–'}<small>${row.region}</small></span>
      <span role="cell" class="num">${short(row.eventCount)}</span>
      <span role="cell">${status(row.status)}${reopened ? html`<small class="muted"> grew since</small>` : nothing}</span>
    </div>`;
  }

  clicked(event, id) {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    this.open(id);
  }

  empty() {
    if (this.loading) {
      return html`<div class="state"><strong>Loading findings…</strong></div>`;
    }
    if (this.problem) {
      return html`<div class="state" role="alert"><strong>The findings cannot be shown</strong>${this.problem}
        <div class="do"><button @click=${this.load}>Try again</button>
          ${view.isFiltered(this.view) ? html`<button @click=${this.clear}>Clear the filter</button>` : nothing}</div></div>`;
    }
    const all = this.facets?.all ?? 0;
    if (all > 0) {
      return html`<div class="state"><strong>No finding passes the filter</strong>
        It hides all ${number(all)}.
        <div class="do"><button @click=${this.clear}>Clear the filter</button>
          <button @click=${() => this.refilter((next) => (next.include.status = []))}>Also show closed, suppressed and withdrawn</button></div></div>`;
    }
    return html`<div class="state"><strong>No findings yet</strong>
      Nothing unusual has been found in what was read so far. New findings appear here by themselves; the pipeline page
      shows whether records are arriving.
      <div class="do"><button @click=${() => window.dispatchEvent(new CustomEvent('tw-go', { detail: '/pipeline' }))}>See what is arriving</button></div></div>`;
  }
}

customElements.define('tw-findings', Findings);
