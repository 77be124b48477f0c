/** The frame around the pages: navigation, health, theme, login, help. */
import { LitElement, html, nothing } from 'lit';
import { get, post } from './api.js';
import './findings.js';
import './pipeline.js';
import './query.js';
import './rules.js';

const PAGES = [
  { path: '/', title: 'Findings' },
  { path: '/pipeline', title: 'Pipeline' },
  { path: '/rules', title: 'Rules' },
  { path: '/query', title: 'Query' },
];
const THEMES = { system: 'dark', dark: 'light', light: 'system' };
const HEALTH_EVERY = 10_000;

function storedTheme() {
  try {
    return localStorage.getItem('theme') ?? 'system';
  } catch {
    return 'system';
  }
}

function applyTheme(theme) {
  if (theme === 'system') {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = theme;
  }
}

applyTheme(storedTheme());

class Console extends LitElement {
  static properties = {
    path: { state: true },
    session: { state: true },
    health: { state: true },
    theme: { state: true },
    needsLogin: { state: true },
    problem: { state: true },
    toast: { state: true },
  };

  constructor() {
    super();
    this.path = location.pathname;
    this.session = null;
    this.health = null;
    this.theme = storedTheme();
    this.needsLogin = false;
    this.problem = null;
    this.toast = null;
  }

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    window.addEventListener('popstate', () => (this.path = location.pathname));
    window.addEventListener('tw-login', () => (this.needsLogin = true));
    window.addEventListener('tw-go', (event) => this.go(event.detail));
    window.addEventListener('tw-say', (event) => this.say(event.detail));
    window.addEventListener('keydown', (event) => this.key(event));
    this.start();
  }

  async start() {
    try {
      this.session = await get('/api/session');
      this.needsLogin = false;
      this.problem = null;
      this.watchHealth();
    } catch (error) {
      if (error.status !== 401) {
        this.problem = error.message;
        setTimeout(() => this.start(), 2000);
      }
    }
  }

  async watchHealth() {
    clearTimeout(this.healthTimer);
    try {
      const { report, console: feed } = await get('/api/stages');
      this.health =
        feed && !feed.reading
          ? { state: 'STALLED', words: `Findings are not being read: ${feed.problem}` }
          : report
            ? { state: report.health, words: report.sentence }
            : { state: 'UNKNOWN', words: 'Not connected to Kafka' };
    } catch (error) {
      this.health = { state: 'UNKNOWN', words: error.message };
    }
    this.healthTimer = setTimeout(() => this.watchHealth(), HEALTH_EVERY);
  }

  go(href) {
    history.pushState(null, '', href);
    this.path = location.pathname;
  }

  follow(event) {
    if (event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey) {
      event.preventDefault();
      this.go(event.currentTarget.getAttribute('href'));
    }
  }

  say(detail) {
    clearTimeout(this.toastTimer);
    this.toast = detail;
    this.toastTimer = setTimeout(() => (this.toast = null), detail.action ? 10_000 : 3000);
  }

  key(event) {
    const typing = event.composedPath()[0].closest?.('input, textarea, select, [contenteditable]');
    if (event.key === '?' && !typing) {
      event.preventDefault();
      this.help();
    }
  }

  help() {
    this.renderRoot.querySelector('dialog').showModal();
  }

  nextTheme() {
    this.theme = THEMES[this.theme];
    applyTheme(this.theme);
    try {
      localStorage.setItem('theme', this.theme);
    } catch {
      // Without storage the choice lasts as long as the page.
    }
  }

  async login(event) {
    event.preventDefault();
    const field = event.target.elements.token;
    try {
      await post('/api/login', { token: field.value });
      this.problem = null;
      await this.start();
    } catch (error) {
      this.problem = error.message;
    }
  }

  updated(changed) {
    if (changed.has('path')) {
      const page = PAGES.find((each) => each.path === this.path) ?? PAGES[0];
      document.title = `${page.title} · Trailwarden`;
    }
  }

  render() {
    return html`
      <header class="top">
        <a class="skip" href="#main" @click=${(event) => { event.preventDefault(); this.renderRoot.querySelector('main').focus(); }}>Skip to the page</a>
        <span class="brand"><img src="/assets/mark.svg" alt=""><span>Trailwarden</span></span>
        <nav aria-label="Pages">
          ${PAGES.map(
            (page) => html`<a href=${page.path} aria-current=${page.path === this.path ? 'page' : nothing} @click=${this.follow}>${page.title}</a>`,
          )}
        </nav>
        <span class="right">
          ${this.health
            ? html`<a class="pill ${this.health.state}" href="/pipeline" title=${this.health.words} @click=${this.follow}>
                <span class="dot" aria-hidden="true"></span><span class="words">${this.health.words}</span>
                <span class="visually-hidden">Open the pipeline page</span></a>`
            : nothing}
          <button class="quiet" @click=${this.nextTheme} aria-label="Theme: ${this.theme}. Change to ${THEMES[this.theme]}">
            <span aria-hidden="true">${{ system: '◐', dark: '☾', light: '☀' }[this.theme]}</span>
          </button>
          <button class="quiet" @click=${this.help} aria-label="Keyboard shortcuts and help"><span aria-hidden="true">?</span></button>
        </span>
      </header>
      <main id="main" tabindex="-1">${this.page()}</main>
      ${this.toast
        ? html`<div class="toast" role="status">${this.toast.message}
            ${this.toast.action
              ? html`<button @click=${() => { this.toast.action.run(); this.toast = null; }}>${this.toast.action.label}</button>`
              : nothing}</div>`
        : nothing}
      ${this.helpDialog()}`;
  }

  page() {
    if (this.needsLogin) {
      return html`<div class="login"><form @submit=${this.login}>
        <h1>Log in</h1>
        <p class="muted">The token is printed where the console was started, or set as console.token.</p>
        <label>Token <input name="token" type="password" autocomplete="current-password" required></label>
        ${this.problem ? html`<p class="note bad" role="alert">${this.problem}</p>` : nothing}
        <button class="primary">Log in</button>
      </form></div>`;
    }
    if (!this.session) {
      return html`<div class="state"><strong>${this.problem ? 'No answer' : 'Loading…'}</strong>${this.problem}</div>`;
    }
    switch (this.path) {
      case '/':
        return html`<tw-findings .session=${this.session}></tw-findings>`;
      case '/pipeline':
        return html`<tw-pipeline .session=${this.session}></tw-pipeline>`;
      case '/rules':
        return html`<tw-rules .session=${this.session}></tw-rules>`;
      case '/query':
        return html`<tw-query .session=${this.session}></tw-query>`;
      default:
        return html`<div class="state"><strong>There is no such page</strong>
          <div class="do"><a href="/" @click=${this.follow}>Go to the findings</a></div></div>`;
    }
  }

  helpDialog() {
    const keys = [
      ['j k', 'Next and previous finding'],
      ['Enter', 'Open or close its details'],
      ['a', 'Acknowledge'],
      ['c', 'Close, with a reason'],
      ['p', 'Pause or resume the live list; nothing is lost meanwhile'],
      ['n', 'Show what is new'],
      ['/', 'Search'],
      ['Esc', 'Close the details'],
      ['Ctrl Enter', 'Run the query (on the query page)'],
      ['?', 'This help'],
    ];
    return html`<dialog aria-labelledby="help-title">
      <h1 id="help-title">Keys</h1>
      <dl class="keys">${keys.map(([key, does]) => html`<dt>${key.split(' ').map((each) => html`<kbd>${each}</kbd> `)}</dt><dd>${does}</dd>`)}</dl>
      <p class="muted">All times are UTC. A finding that grows after it was closed opens again; your decisions are never overwritten.</p>
      <form method="dialog"><button class="primary">Close</button></form>
    </dialog>`;
  }
}

customElements.define('tw-console', Console);
