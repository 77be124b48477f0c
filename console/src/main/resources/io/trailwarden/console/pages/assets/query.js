/** Questions in SQL over the tables. The text is kept whatever happens: in the page, its URL and the browser. */
import { LitElement, html, nothing } from 'lit';
import { ApiError, get, post, queryOf } from './api.js';
import { copy, number, say, span } from './format.js';
import { SAMPLES } from './samples.js';

const SHOWN = 1000;

/** A cell as CSV; a leading = + - @ would be a formula in a spreadsheet, so it is made text. */
export function csvCell(value) {
  if (value === null) return '';
  const text = /^[=+\-@\t\r]/.test(value) && !/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

class Query extends LitElement {
  static properties = {
    session: { attribute: false },
    tables: { state: true },
    schemaProblem: { state: true },
    result: { state: true },
    problem: { state: true },
    running: { state: true },
    elapsed: { state: true },
    editorReady: { state: true },
  };

  constructor() {
    super();
    this.tables = null;
    this.result = null;
    this.problem = null;
    this.running = null;
    this.elapsed = 0;
    this.onPop = () => this.take();
  }

  createRenderRoot() {
    return this;
  }

  async connectedCallback() {
    super.connectedCallback();
    window.addEventListener('popstate', this.onPop);
    this.readSchema();
    // The editor is the largest part of the console; the other pages do without it.
    await import('./editor.js');
    await customElements.whenDefined('tw-editor');
    this.editorReady = true;
    await this.updateComplete;
    this.take();
    this.completion();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.removeEventListener('popstate', this.onPop);
    clearInterval(this.ticking);
    if (this.running) this.cancel();
  }

  get editor() {
    return this.renderRoot.querySelector('tw-editor');
  }

  /** The text of the URL, else what was here last. */
  take() {
    const shared = new URLSearchParams(location.search).get('sql');
    let text = shared;
    if (text === null) {
      try {
        text = localStorage.getItem('sql');
      } catch {
        text = null;
      }
    }
    this.editor.value = text ?? SAMPLES[0].sql;
    this.editor.focus();
  }

  async readSchema() {
    try {
      this.tables = (await get('/api/schema')).tables;
      this.completion();
    } catch (error) {
      this.schemaProblem = error.message;
    }
  }

  completion() {
    if (this.tables && this.editorReady && this.editor) this.editor.tables = this.tables;
  }

  keep() {
    try {
      localStorage.setItem('sql', this.editor.value);
    } catch {
      // Then it is kept in the page only.
    }
  }

  async run() {
    const sql = this.editor.value;
    if (this.running || sql.trim() === '') return;
    const id = crypto.randomUUID();
    this.running = id;
    this.problem = null;
    this.elapsed = 0;
    const begin = performance.now();
    this.ticking = setInterval(() => (this.elapsed = performance.now() - begin), 200);
    history.replaceState(null, '', `/query${queryOf({ sql })}`);
    try {
      this.result = { ...(await post('/api/query', { id, sql, maxRows: 10_000 })), sql };
    } catch (error) {
      this.problem = error instanceof ApiError ? error.message : String(error);
    } finally {
      clearInterval(this.ticking);
      this.running = null;
    }
  }

  async cancel() {
    try {
      await post('/api/query/cancel', { id: this.running });
    } catch (error) {
      say(`Not cancelled: ${error.message}`);
    }
  }

  share() {
    copy(new URL(`/query${queryOf({ sql: this.editor.value })}`, location.href).href, 'Link to this query copied.');
  }

  download(name, type, text) {
    const url = URL.createObjectURL(new Blob([text], { type }));
    const link = document.createElement('a');
    link.href = url;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }

  csv() {
    const { columns, rows } = this.result;
    const lines = [columns.map((column) => csvCell(column.name)), ...rows.map((row) => row.map(csvCell))];
    this.download('result.csv', 'text/csv', lines.map((line) => `${line.join(',')}\r\n`).join(''));
  }

  json() {
    const { columns, rows } = this.result;
    const objects = rows.map((row) => Object.fromEntries(columns.map((column, index) => [column.name, row[index]])));
    this.download('result.json', 'application/json', JSON.stringify(objects, null, 2));
  }

  render() {
    if (!this.session.queries) {
      return html`<div class="state"><strong>Nothing to query here</strong>This console was started without the tables.</div>`;
    }
    return html`<div class="ask">
      <aside class="schema" aria-label="Tables and samples">
        <h2>Tables</h2>
        ${this.schemaProblem ? html`<p class="note bad">${this.schemaProblem}</p>` : nothing}
        <ul>${(this.tables ?? []).map((table) => html`<li><details><summary>${table.name}</summary>
          <ul>${table.columns.map((column) => html`<li><button title="Insert ${column.name}" @click=${() => this.editor.insert(column.name)}>
            <span>${column.name}</span><small>${column.type.toLowerCase()}</small></button></li>`)}</ul></details></li>`)}</ul>
        <h2>Questions to begin with</h2>
        <ul>${SAMPLES.map((sample) => html`<li><button class="sample" @click=${() => { this.editor.value = sample.sql; this.editor.focus(); }}>${sample.title}</button></li>`)}</ul>
      </aside>
      <section class="desk" aria-label="Query">
        <h1 class="visually-hidden">Query</h1>
        ${this.editorReady ? html`<tw-editor @run=${this.run} @edit=${this.keep}></tw-editor>` : html`<div class="state">Loading the editor…</div>`}
        <div class="line bar">
          ${this.running
            ? html`<button @click=${this.cancel}>Cancel</button><span class="muted" role="status">Running, ${span(this.elapsed)}…</span>`
            : html`<button class="primary" ?disabled=${!this.editorReady} @click=${this.run}>Run <kbd>Ctrl ⏎</kbd></button>`}
          <button class="quiet" @click=${this.share}>Copy link</button>
          ${this.result && !this.running
            ? html`<span class="end"><span class="muted" role="status">${number(this.result.rows.length)} rows in ${number(this.result.millis)} ms${this.result.truncated ? ` · ${this.result.truncated}` : ''}${this.result.hidden ? ` · ${number(this.result.hidden)} secrets are hidden` : ''}</span>
                <button @click=${this.csv}>CSV</button><button @click=${this.json}>JSON</button></span>`
            : nothing}
        </div>
        ${this.problem ? html`<pre class="note bad" role="alert">${this.problem}</pre>` : nothing}
        ${this.result && !this.problem ? this.grid() : nothing}
      </section></div>`;
  }

  grid() {
    const { columns, rows } = this.result;
    if (rows.length === 0) {
      return html`<div class="result"><div class="state"><strong>No rows</strong>The query ran and nothing matched.</div></div>`;
    }
    const numeric = columns.map((column) => /INT|DOUBLE|DECIMAL|FLOAT|HUGEINT/.test(column.type));
    return html`<div class="result" tabindex="0" role="region" aria-label="Result"><table class="table">
      <thead><tr>${columns.map((column, index) => html`<th scope="col" class=${numeric[index] ? 'num' : ''} title=${column.type}>${column.name}</th>`)}</tr></thead>
      <tbody>${rows.slice(0, SHOWN).map((row) => html`<tr>${row.map((value, index) =>
        value === null ? html`<td class="null">null</td>` : html`<td class=${numeric[index] ? 'num' : ''} title=${value}>${value}</td>`)}</tr>`)}</tbody>
      </table>${rows.length > SHOWN ? html`<p class="tail">The first ${number(SHOWN)} of ${number(rows.length)} rows are shown; CSV and JSON have all of them.</p>` : nothing}</div>`;
  }
}

customElements.define('tw-query', Query);
