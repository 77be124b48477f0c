/** One finding: why it fired, what to do, the records behind it, and what people decided. */
import { LitElement, html, nothing } from 'lit';
import { get, queryOf } from './api.js';
import { REASONS, acknowledge, decide } from './decide.js';
import { ago, copy, number, severity, status, time, words } from './format.js';

/** "Expected Region" and "Seen Region" belong together, whatever their order. */
export function pairs(facts) {
  const rows = new Map();
  for (const [name, value] of Object.entries(facts)) {
    const match = name.match(/^(expected|seen)[\s_-]*(.*)$/i);
    const rest = match?.[2] ?? '';
    const subject = match ? rest.replace(/s$/, '').toLowerCase() : `fact ${name}`;
    const row = rows.get(subject) ?? { name: match ? rest || 'In short' : name, plain: !match };
    row[match ? match[1].toLowerCase() : 'seen'] = value;
    if (match && match[1].toLowerCase() === 'seen') row.name = rest || row.name;
    rows.set(subject, row);
  }
  // What is compared comes first; the rest explains it.
  return [...rows.values()].sort((left, right) => Number(left.plain) - Number(right.plain));
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

class Drawer extends LitElement {
  static properties = {
    session: { attribute: false },
    finding: { attribute: false },
    row: { attribute: false },
    stored: { state: true },
    evidence: { state: true },
    problem: { state: true },
    evidenceProblem: { state: true },
    explanation: { state: true },
    explanationProblem: { state: true },
    closing: { state: true },
    secrets: { state: true },
  };

  createRenderRoot() {
    return this;
  }

  willUpdate(changed) {
    const other = changed.has('finding');
    if (other) {
      this.stored = null;
      this.evidence = null;
      this.explanation = null;
      this.explanationProblem = null;
      this.closing = false;
      this.secrets = false;
    }
    const before = changed.get('row');
    if (other || (changed.has('row') && before && this.row && before.id === this.row.id && before.seq !== this.row.seq)) {
      this.load(other || before?.revision !== this.row?.revision);
    }
  }

  async load(withEvidence) {
    const id = this.finding;
    this.problem = null;
    try {
      const stored = await get(`/api/findings/${encodeURIComponent(id)}`);
      if (id !== this.finding) return;
      this.stored = stored;
      if (withEvidence) await this.loadEvidence();
    } catch (error) {
      if (id === this.finding) this.problem = error.message;
    }
  }

  async loadEvidence() {
    const id = this.finding;
    this.evidenceProblem = null;
    try {
      const evidence = await get(`/api/findings/${encodeURIComponent(id)}/evidence`, { secrets: this.secrets ? 'show' : '' });
      if (id === this.finding) this.evidence = evidence;
    } catch (error) {
      if (id === this.finding) this.evidenceProblem = error.message;
    }
    if (this.explanation) await this.explain();
  }

  async explain() {
    const id = this.finding;
    this.explanationProblem = null;
    try {
      const explanation = await get(`/api/findings/${encodeURIComponent(id)}/explanation`, { secrets: this.secrets ? 'show' : '' });
      if (id === this.finding) this.explanation = explanation;
    } catch (error) {
      if (id === this.finding) this.explanationProblem = error.message;
    }
  }

  startClosing() {
    this.closing = true;
    this.updateComplete.then(() => this.renderRoot.querySelector('.decide select')?.focus());
  }

  async submit(event) {
    event.preventDefault();
    const { reason, note } = event.target.elements;
    if (await decide(this.finding, 'CLOSED', reason.value, note.value)) {
      this.closing = false;
      this.load(false);
    }
  }

  async verdict(run) {
    await run();
    this.load(false);
  }

  choose(field, value, side) {
    this.dispatchEvent(new CustomEvent('choose', { detail: { field, value, side } }));
  }

  render() {
    if (this.problem) {
      return html`<header><div class="line"><h2>Finding</h2>${this.closeButton()}</div></header>
        <div class="state" role="alert"><strong>The finding cannot be shown</strong>${this.problem}
          <div class="do"><button @click=${() => this.load(true)}>Try again</button></div></div>`;
    }
    if (!this.stored) {
      return html`<header><div class="line"><h2>Finding</h2>${this.closeButton()}</div></header><div class="state">Loading…</div>`;
    }
    const { finding, row, decisions } = this.stored;
    return html`
      <header>
        <div class="line">${severity(finding.severity)} ${status(row.status)}
          <span class="right">
            <button class="quiet" @click=${() => copy(new URL(`/${queryOf({ finding: finding.id })}`, location.href).href, 'Link copied.')}>Copy link</button>
            ${this.closeButton()}
          </span></div>
        <h1>${finding.title}</h1>
        <div class="line">
          ${row.status === 'WITHDRAWN'
            ? nothing
            : html`
              <button @click=${() => this.verdict(() => acknowledge(row))}>${row.status === 'ACKNOWLEDGED' ? 'Undo acknowledge' : 'Acknowledge'}</button>
              ${row.status === 'CLOSED' || row.status === 'SUPPRESSED'
                ? html`<button @click=${() => this.verdict(() => decide(finding.id, 'REOPENED'))}>Reopen</button>`
                : html`<button aria-expanded=${this.closing ? 'true' : 'false'} @click=${() => (this.closing ? (this.closing = false) : this.startClosing())}>Close…</button>`}`}
          ${this.session.queries ? html`<button class="quiet" @click=${this.openQuery}>Open as query</button>` : nothing}
        </div>
        ${this.closing ? this.closeForm() : nothing}
      </header>
      ${row.status === 'WITHDRAWN' ? html`<p class="note warn">Later records disproved this finding; it was withdrawn ${ago(finding.detectedAt)}.</p>` : nothing}
      ${finding.suppression ? html`<p class="note">Suppressed by reference data: ${finding.suppression}</p>` : nothing}
      ${row.status === 'OPEN' && row.decision?.verdict === 'CLOSED'
        ? html`<p class="note warn">It was closed ${ago(row.decision.at)} as “${words(row.decision.reason)}” with ${number(row.decision.eventCount)} events and opened again because it has grown since.</p>`
        : nothing}
      <section><h2>Why it fired</h2><p>${finding.description}</p></section>
      ${this.evidence?.byRule ? html`<section><h2>Which parts of the rule matched</h2>${this.ruleParts()}</section>` : nothing}
      <section><h2>Expected and seen</h2>${this.facts(finding.facts)}</section>
      ${finding.nextSteps.length > 0
        ? html`<section><h2>What to do now</h2><ol>${finding.nextSteps.map((step) => html`<li>${step}</li>`)}</ol></section>`
        : nothing}
      <section><h2>Who, where, when</h2>${this.about(finding)}</section>
      <section><h2>Evidence</h2>${this.records(finding)}</section>
      ${decisions.length > 0 ? html`<section><h2>Decisions</h2>${this.history(decisions)}</section>` : nothing}`;
  }

  closeButton() {
    return html`<button class="quiet icon" aria-label="Close the details" @click=${() => this.dispatchEvent(new CustomEvent('close'))}>✕</button>`;
  }

  closeForm() {
    return html`<form class="decide" @submit=${this.submit}>
      <label>Why is it closed?
        <select name="reason" required><option value="">Choose a reason</option>
          ${REASONS.map((reason) => html`<option value=${reason}>${words(reason)}</option>`)}</select></label>
      <label>Note <textarea name="note" maxlength="4000" placeholder="What was found out, for whoever looks next"></textarea></label>
      <div class="line"><button class="primary">Close finding</button>
        <button type="button" class="quiet" @click=${() => (this.closing = false)}>Cancel</button></div>
    </form>`;
  }

  facts(facts) {
    const rows = pairs(facts);
    if (rows.length === 0) return html`<p class="muted">The detection gave no facts.</p>`;
    const compared = rows.some((row) => row.expected !== undefined);
    return html`<table class=${compared ? 'pairs compared' : 'pairs'}><thead><tr><th scope="col">What</th>
        ${compared ? html`<th scope="col">Expected</th>` : nothing}<th scope="col">Seen</th></tr></thead>
      <tbody>${rows.map((row) => html`<tr><th scope="row">${capital(row.name)}</th>
        ${compared && !row.plain ? html`<td>${row.expected ?? ''}</td>` : nothing}
        <td class=${row.expected !== undefined ? 'differs' : ''} colspan=${compared && row.plain ? 2 : 1}>${row.seen ?? ''}</td></tr>`)}</tbody></table>`;
  }

  about(finding) {
    const line = (name, value, field = null) =>
      value === null || value === undefined || value === ''
        ? nothing
        : html`<tr><th scope="row">${name}</th><td>${value}</td><td class="acts">${field
            ? html`<button class="quiet icon" aria-label="Only ${name} ${value}" title="Only this" @click=${() => this.choose(field, value, 'include')}>+</button
              ><button class="quiet icon" aria-label="Without ${name} ${value}" title="Leave out" @click=${() => this.choose(field, value, 'exclude')}>−</button>`
            : nothing}</td></tr>`;
    return html`<table class="pairs"><tbody>
      ${line('Principal', finding.principal, 'principal')}
      ${line('Account', finding.account, 'account')}
      ${line('Region', finding.region, 'region')}
      ${line('Subject', finding.subject)}
      ${line('First event', time(finding.firstTime))}
      ${line('Last event', time(finding.lastTime))}
      ${line('Detected', `${time(finding.detectedAt)}, ${ago(finding.detectedAt)}`)}
      ${line('Detection', finding.detection, 'detection')}
      ${line('Written by', finding.author)}
      ${finding.techniques.length > 0
        ? html`<tr><th scope="row">ATT&CK</th><td>${finding.techniques.map((each) => html`<span class="tag">${each}</span>`)}</td><td></td></tr>`
        : nothing}
      <tr><th scope="row">Id</th><td class="mono">${finding.id}</td><td></td></tr>
    </tbody></table>`;
  }

  records(finding) {
    if (this.evidenceProblem) {
      return html`<p class="note bad" role="alert">${this.evidenceProblem}</p>
        <p class="muted">The event ids are known:</p><ul class="plain mono">${finding.eventIds.map((id) => html`<li>${id}</li>`)}</ul>`;
    }
    if (!this.evidence) return html`<p class="muted">Looking for the records…</p>`;
    const { records, missing, unlisted } = this.evidence;
    const hidden = records.reduce((sum, record) => sum + record.hidden, 0);
    return html`
      ${hidden > 0 || this.secrets
        ? html`<p class="muted">${this.secrets ? 'Secrets are shown; that was noted in the log.' : `${number(hidden)} secrets are hidden.`}
            <button class="quiet" @click=${() => { this.secrets = !this.secrets; this.loadEvidence(); }}>${this.secrets ? 'Hide' : 'Show'}</button></p>`
        : nothing}
      <ul class="events">${records.map((record) => this.record(record))}</ul>
      ${missing.length > 0
        ? html`<p class="note">${number(missing.length)} of ${number(finding.eventIds.length)} records are not in the tables yet; they reach them with
            the next checkpoint. <button class="quiet" @click=${this.loadEvidence}>Look again</button></p>
          <ul class="plain mono muted">${missing.slice(0, 20).map((id) => html`<li>${id}</li>`)}</ul>`
        : nothing}
      ${unlisted > 0 ? html`<p class="muted">${number(unlisted)} more events are counted and not listed; “Open as query” finds them.</p>` : nothing}`;
  }

  record(record) {
    return html`<li><details>
      <summary><span class="mono">${time(record.eventTime).slice(-8)}</span>
        <span>${record.name || record.eventId} <span class="muted">${record.service}</span></span>
        <span class=${record.error ? 'error' : 'muted'}>${record.error || record.from}</span></summary>
      <div class="body">
        <p>${record.eventId} · ${record.source}, ${record.object}, record ${number(record.offset)}
          <button class="quiet" @click=${() => copy(record.json, 'Record copied.')}>Copy</button></p>
        <pre tabindex="0" aria-label="Record ${record.eventId}">${record.json}</pre>
      </div></details></li>`;
  }

  ruleParts() {
    if (this.explanationProblem) return html`<p class="note bad" role="alert">${this.explanationProblem}</p>`;
    if (!this.explanation) return html`<button @click=${this.explain}>Work it out</button>`;
    const { rule, title, at, correlations, events, others } = this.explanation;
    if (rule === null) {
      return html`<p class="muted">The rule was taken away.</p>`;
    }
    return html`<p class="muted">${title}, ${at}, as it is now, over the stored records.</p>
      ${correlations.map((each) => html`<p class="note"><strong>${each.title}</strong>: ${each.condition} within ${each.within}, of ${each.over.join(', ')}${
        each.groupBy.length > 0 ? html`, for each ${each.groupBy.join(', ')}` : nothing}</p>`)}
      ${events.length === 0 ? html`<p class="muted">The records are not in the tables yet.</p>` : nothing}
      <ul class="events">${events.map((event) => this.explained(event, events.length === 1))}</ul>
      ${others > 0 ? html`<p class="muted">${number(others)} more events are counted and not worked out here.</p>` : nothing}`;
  }

  explained(event, open) {
    return html`<li><details ?open=${open}>
      <summary><span class="mono">${time(event.eventTime).slice(-8)}</span><span>${event.name || event.eventId}
          <span class="muted">${event.counts ? event.rules.map((each) => each.title).join('; ') : ''}</span></span>
        <span class=${event.counts ? 'ok' : 'error'}>${event.counts ? 'counts' : 'does not match now'}</span></summary>
      <div class="body">
        ${Object.entries(event.fields).map(([name, values]) => html`<p>${name}: <span class="mono">${values.join(', ')}</span></p>`)}
        ${event.rules.map((each) => html`<h3>${each.title}</h3><ul class="parts">${each.lines.map((line) => this.part(line))}</ul>`)}
      </div></details></li>`;
  }

  part(line) {
    const found = line.found === null ? null : Object.entries(line.found);
    return html`<li class="d${Math.min(line.depth, 5)}"><span class=${line.holds ? 'ok' : 'muted'} aria-hidden="true">${line.holds ? '✓' : '–'}</span>
      <span><span class="visually-hidden">${line.holds ? 'Holds: ' : 'Does not hold: '}</span>${line.label}
        ${found === null ? nothing : html`<span class="found">${found.length === 0 ? 'absent' : found.map(([name, values]) => html`${name} = ${values.join(', ')} `)}</span>`}</span></li>`;
  }

  history(decisions) {
    return html`<ul class="events">${decisions.map(
      (each) => html`<li class="body"><strong>${words(each.verdict)}</strong>${each.reason ? html`: ${words(each.reason)}` : nothing}
        <p>${each.by}, ${time(each.at)}, at ${number(each.eventCount)} events</p>${each.note ? html`<div class="note">${each.note}</div>` : nothing}</li>`,
    )}</ul>`;
  }

  openQuery() {
    const { finding } = this.stored;
    const literal = (text) => `'${text.replaceAll("'", "''")}'`;
    // An execution's event ids end in redrive, number and type.
    const executions = finding.eventIds.filter((id) => id.includes('#'));
    const calls = finding.eventIds.filter((id) => !id.includes('#'));
    const among = (ids) => `WHERE event_id IN (${ids.map(literal).join(',\n  ')})`;
    const ofExecutions = `SELECT event_time, type, state_machine_arn, name, execution_arn, error, raw\nFROM executions\n${among(executions)}`;
    const ofCalls = `SELECT event_time, event_name, event_source, user_identity_arn, source_ip_address, error_code, raw\nFROM cloudtrail\n${among(calls)}`;
    const both = executions.length > 0 && calls.length > 0;
    const sql = `${both ? `${ofCalls}\nUNION ALL\n${ofExecutions}` : executions.length > 0 ? ofExecutions : ofCalls}\nORDER BY event_time`;
    window.dispatchEvent(new CustomEvent('tw-go', { detail: `/query${queryOf({ sql })}` }));
  }
}

customElements.define('tw-drawer', Drawer);
