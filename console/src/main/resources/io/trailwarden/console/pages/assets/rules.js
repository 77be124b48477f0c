/** Every rule of the running job and what became of it. */
import { LitElement, html, nothing } from 'lit';
import { get } from './api.js';
import { number, words } from './format.js';

const EVERY = 5000;
const STATES = {
  FAILED: 'cannot run',
  MUTED: 'flood',
  STAGED: 'only counted',
  LOADED: 'run and report',
  DISABLED: 'do not run',
};

class Rules extends LitElement {
  static properties = {
    session: { attribute: false },
    table: { state: true },
    problem: { state: true },
    state: { state: true },
    text: { state: true },
  };

  constructor() {
    super();
    this.state = null;
    this.text = '';
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.read();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  async read() {
    try {
      this.table = await get('/api/rules');
      this.problem = null;
    } catch (error) {
      this.problem = error.message;
    }
    if (this.isConnected) this.timer = setTimeout(() => this.read(), EVERY);
  }

  render() {
    if (!this.table) {
      return html`<div class="state"><strong>${this.problem ? 'The rules cannot be shown' : 'Loading…'}</strong>${this.problem}</div>`;
    }
    const { numbers, rules } = this.table;
    const bad = numbers.FAILED ? 'STALLED' : numbers.MUTED ? 'BEHIND' : 'WELL';
    const shown = rules.filter((rule) => this.matches(rule));
    return html`<div class="sheet">
      <div class="headline ${bad}"><span class="dot" aria-hidden="true"></span><h1>${this.sentence(numbers)}</h1></div>
      ${this.problem ? html`<p class="note bad" role="alert">${this.problem}</p>` : nothing}
      <section class="card">
        <header><h2>Rules</h2>
          <input type="search" aria-label="Search rules" placeholder="Title, name or file" .value=${this.text} @input=${(event) => (this.text = event.target.value)}>
          ${Object.keys(STATES).filter((state) => numbers[state]).map((state) => html`<button aria-pressed=${this.state === state ? 'true' : 'false'}
              @click=${() => (this.state = this.state === state ? null : state)}>${words(state)} ${number(numbers[state])}</button>`)}
          <p>${number(shown.length)} shown. A changed file takes effect within a second.</p></header>
        ${rules.length === 0
          ? html`<p class="state"><strong>There are no rules</strong>The setting “rules” names the folders that they are read from.</p>`
          : html`<div class="wide" tabindex="0" role="region" aria-label="Rules"><table class="table">
              <thead><tr><th scope="col">State</th><th scope="col">Rule</th><th scope="col">Level</th><th scope="col" class="num">Counted</th><th scope="col">File</th></tr></thead>
              <tbody>${shown.map((rule) => this.row(rule))}</tbody></table></div>`}
      </section>
    </div>`;
  }

  sentence(numbers) {
    const parts = Object.entries(STATES).filter(([state]) => numbers[state]).map(([state, does]) => `${number(numbers[state])} ${does}`);
    return parts.length === 0 ? 'No rules are loaded.' : `Of the rules, ${parts.join(', ')}.`;
  }

  matches(rule) {
    const text = this.text.trim().toLowerCase();
    return (!this.state || rule.state === this.state)
      && (text === '' || [rule.title, rule.rule, rule.file].some((each) => each.toLowerCase().includes(text)));
  }

  row(rule) {
    return html`<tr>
      <td class="whole"><span class=${{ FAILED: 'wrong', LOADED: 'ok' }[rule.state] ?? 'muted'}>${words(rule.state)}</span></td>
      <th scope="row">${rule.title || rule.file} ${rule.correlation ? html`<span class="tag">correlation</span>` : nothing}
        ${rule.detail ? html`<div class=${rule.state === 'FAILED' ? 'note bad' : 'muted'}>${rule.detail}</div>` : nothing}</th>
      <td>${rule.level ? words(rule.level) : ''}</td>
      <td class="num">${rule.count === null ? '' : html`${number(rule.count)} <span class="muted">${rule.state === 'MUTED' ? 'held back' : 'while staged'}</span>`}</td>
      <td class="mono">${rule.file}:${rule.line}:${rule.column}</td>
    </tr>`;
  }
}

customElements.define('tw-rules', Rules);
