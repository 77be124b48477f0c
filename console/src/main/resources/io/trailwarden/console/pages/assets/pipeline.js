/** Is all well? The way of the records, stage by stage; the ledger; the dead letters. */
import { LitElement, html, nothing, svg } from 'lit';
import { get } from './api.js';
import { ago, copy, number, rate, short, span, time, words } from './format.js';

const STAGES_EVERY = 2000;
const LEDGER_EVERY = 10_000;
const AUDIT = ['audit.cloudtrail', 'audit.executions'];
const STORED = 'trailwarden-stored';
const HEALTH = { WELL: 'Keeps up', BEHIND: 'Behind', STALLED: 'Stalled', UNKNOWN: 'Not known' };

const sum = (values) => values.filter((value) => value !== null && value !== undefined).reduce((all, value) => all + value, 0);
const last = (instants) => instants.filter(Boolean).sort().at(-1) ?? null;

class Pipeline extends LitElement {
  static properties = {
    session: { attribute: false },
    stages: { state: true },
    ledger: { state: true },
    problem: { state: true },
    ledgerProblem: { state: true },
    reason: { state: true },
    letters: { state: true },
    lettersProblem: { state: true },
  };

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.readStages();
    this.readLedger();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.stagesTimer);
    clearTimeout(this.ledgerTimer);
  }

  async readStages() {
    try {
      this.stages = await get('/api/stages');
      this.problem = null;
    } catch (error) {
      this.problem = error.message;
    }
    if (this.isConnected) this.stagesTimer = setTimeout(() => this.readStages(), STAGES_EVERY);
  }

  async readLedger() {
    try {
      this.ledger = await get('/api/ledger');
      this.ledgerProblem = null;
    } catch (error) {
      this.ledgerProblem = error.message;
    }
    if (this.isConnected) this.ledgerTimer = setTimeout(() => this.readLedger(), LEDGER_EVERY);
  }

  async show(reason) {
    this.reason = this.reason === reason ? null : reason;
    this.letters = null;
    this.lettersProblem = null;
    if (!this.reason) return;
    try {
      const { letters } = await get('/api/dead-letters', { reason, limit: 50 });
      if (this.reason === reason) this.letters = letters;
    } catch (error) {
      if (this.reason === reason) this.lettersProblem = error.message;
    }
  }

  render() {
    const report = this.stages?.report;
    const health = this.problem ? 'UNKNOWN' : (report?.health ?? 'UNKNOWN');
    const sentence =
      this.problem ?? report?.sentence ?? (this.stages ? 'This console is not connected to Kafka, so nothing is measured.' : 'Measuring…');
    return html`<div class="sheet">
      <div class="headline ${health}"><span class="dot" aria-hidden="true"></span><h1>${sentence}</h1></div>
      ${this.flow(report)}
      ${this.ledgerCard()}
      ${this.deadCard()}
      ${report?.job.length > 0 ? html`${this.learningCard(report)}${this.jobCard(report)}` : nothing}
      ${report?.topics.length > 0 ? this.topicsCard(report) : nothing}
    </div>`;
  }

  flow(report) {
    const topics = report?.topics ?? [];
    const audit = topics.filter((topic) => AUDIT.includes(topic.topic));
    const stored = report?.groups.find((group) => group.group === STORED);
    const others = report?.groups.filter((group) => group.group !== STORED) ?? [];
    const job = report?.job ?? [];
    const findings = topics.find((topic) => topic.topic === 'findings');
    const watermark = job.map((part) => part.watermarkDelayMillis).filter((delay) => delay !== null);
    const feed = this.stages?.console;
    const arriving = audit.length > 0 ? sum(audit.map((topic) => topic.perSecond)) : null;
    const lastRecord = last(audit.map((topic) => topic.lastAppend));
    const sources = this.ledger?.sources ?? [];
    const checkpoint = stored?.lastCommit;
    return html`<ol class="flow" aria-label="The way of the records">
      ${this.stage('Sources', report ? 'WELL' : 'UNKNOWN', arriving, 'records/s read', [
        ['Sources', this.ledger ? number(sources.length) : '–'],
        ['Received', this.ledger ? short(sum(sources.map((each) => each.received))) : '–'],
        ['Last record', lastRecord ? ago(lastRecord) : 'none lately'],
      ], report ? (arriving > 0 ? 'Records are arriving.' : 'Nothing is arriving now.') : null)}
      ${this.stage('Kafka', report ? 'WELL' : 'UNKNOWN', arriving, 'records/s appended', [
        ['Records held', audit.length > 0 ? short(sum(audit.map((topic) => topic.records))) : '–'],
        ['Topics', report ? number(topics.length) : '–'],
      ])}
      ${this.stage('Detection job', job.length > 0 ? this.worst(job) : 'UNKNOWN', this.jobRate(job), 'records/s examined', [
        ['Watermark delay', watermark.length > 0 ? span(Math.max(...watermark)) : '–'],
        ['Redelivered', this.total(job, 'redelivered')],
        ['Last report', job.length > 0 ? ago(job.map((part) => part.at).sort()[0]) : 'none yet'],
      ])}
      ${this.stage('Tables', stored?.health ?? 'UNKNOWN', stored?.perSecond ?? null, 'records/s stored', [
        ['Lag', stored ? `${short(stored.lagRecords)} records` : '–'],
        ['Lag in time', stored ? (stored.lagRecords === 0 ? 'none' : `${stored.lagAtLeast ? 'at least ' : ''}${span(stored.lagMillis)}`) : '–'],
        ['Last checkpoint', checkpoint ? ago(checkpoint) : 'none lately'],
      ], stored?.sentence)}
      ${this.stage('Console and sinks', feed ? (feed.reading ? this.worst(others) : 'STALLED') : 'UNKNOWN', findings?.perSecond ?? null, 'findings/s', [
        ['Console behind', feed ? `${short(feed.behind)} findings` : '–'],
        ...others.map((group) => [group.group.replace('trailwarden-', ''), `${short(group.lagRecords)} behind`]),
      ], feed && !feed.reading ? feed.problem : (others.find((group) => group.health !== 'WELL')?.sentence ?? null))}
    </ol>`;
  }

  worst(parts) {
    const order = ['WELL', 'BEHIND', 'STALLED'];
    return parts.map((part) => part.health).sort((left, right) => order.indexOf(right) - order.indexOf(left))[0] ?? 'WELL';
  }

  /** One number over all parts of the job that have it. */
  total(job, name) {
    const values = job.map((part) => part.numbers[name]).filter((value) => value !== undefined);
    return values.length > 0 ? short(sum(values)) : '–';
  }

  /** What the first part of the job takes in. */
  jobRate(job) {
    const rates = job.map((part) => part.perSecond.received).filter((value) => value !== undefined);
    return rates.length > 0 ? Math.max(...rates) : job.length > 0 ? 0 : null;
  }

  stage(title, health, value, unit, details, sentence = null) {
    return html`<li>
      <h2><span class="dot ${health}" aria-hidden="true"></span>${title}</h2>
      <p class="big">${rate(value)} <small>${unit}</small></p>
      <dl>${details.map(([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>`)}</dl>
      <p class="health">${sentence ?? `${HEALTH[health]}.`}</p>
    </li>`;
  }

  ledgerCard() {
    if (this.ledgerProblem) {
      return html`<section class="card"><header><h2>Ledger</h2></header><p class="state">${this.ledgerProblem}</p></section>`;
    }
    if (!this.ledger) {
      return html`<section class="card"><header><h2>Ledger</h2><p>Counting…</p></header></section>`;
    }
    const { at, balances, sources: entries } = this.ledger;
    const total = (name) => sum(entries.map((entry) => entry[name]));
    return html`<section class="card">
      <header><h2>Ledger</h2>
        <span class=${balances ? 'ok' : 'muted'}>${balances ? '✓ balances' : '… records are on their way'}</span>
        <p>Received = stored + duplicates + dead letters + in flight, for every source. Read ${ago(at)}.</p></header>
      ${entries.length === 0
        ? html`<p class="state"><strong>Nothing received yet</strong>A source is listed as soon as its first object has been read to its end.</p>`
        : html`<div class="wide" tabindex="0" role="region" aria-label="Ledger by source"><table class="table">
          <thead><tr><th scope="col">Source</th><th scope="col" class="num">Received</th><th scope="col" class="num">= Stored</th>
            <th scope="col" class="num">+ Duplicates</th><th scope="col" class="num">+ Dead letters</th><th scope="col" class="num">+ In flight</th>
            <th scope="col">Balance</th></tr></thead>
          <tbody>${entries.map((entry) => this.entry(entry))}</tbody>
          ${entries.length > 1
            ? html`<tfoot><tr><th scope="row">All</th>${['received', 'stored', 'duplicates', 'deadLettered', 'inFlight'].map(
                (name) => html`<td class="num">${number(total(name))}</td>`)}<td></td></tr></tfoot>`
            : nothing}
        </table></div>`}
    </section>`;
  }

  entry(entry) {
    const all = Math.max(1, entry.stored + entry.duplicates + entry.deadLettered + Math.max(0, entry.inFlight));
    let x = 0;
    const part = (name, value) => {
      const begin = x;
      const width = (Math.max(0, value) / all) * 100;
      x += width;
      return svg`<rect class=${name} x=${begin} y="0" width=${width} height="10"></rect>`;
    };
    return html`<tr>
      <th scope="row">${entry.source}</th>
      <td class="num">${number(entry.received)}</td><td class="num">${number(entry.stored)}</td>
      <td class="num">${number(entry.duplicates)}</td><td class="num">${number(entry.deadLettered)}</td>
      <td class="num">${number(entry.inFlight)}</td>
      <td><span class=${entry.balances ? 'ok' : 'muted'}>${entry.balances
          ? '✓ balances'
          : entry.inFlight > 0 ? `… ${number(entry.inFlight)} on their way` : '… an object is being read'}</span>
        <svg class="share" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
          ${part('stored', entry.stored)}${part('duplicate', entry.duplicates)}${part('dead', entry.deadLettered)}${part('flight', entry.inFlight)}</svg></td>
    </tr>`;
  }

  deadCard() {
    const reasons = this.ledger?.deadLetters;
    if (!reasons) return nothing;
    if (reasons.length === 0) {
      return html`<section class="card"><header><h2>Dead letters</h2><p>None: every record could be read.</p></header></section>`;
    }
    return html`<section class="card">
      <header><h2>Dead letters</h2><p>Records that could not be read, with the reason and their bytes. Nothing around them was lost.</p></header>
      <table class="table"><thead><tr><th scope="col">Reason</th><th scope="col" class="num">Records</th><th scope="col"><span class="visually-hidden">Show</span></th></tr></thead>
        <tbody>${reasons.map(({ reason, count }) => html`<tr><th scope="row">${words(reason)}</th><td class="num">${number(count)}</td>
          <td class="num"><button aria-expanded=${this.reason === reason ? 'true' : 'false'} @click=${() => this.show(reason)}>${this.reason === reason ? 'Hide' : 'Show'}</button></td></tr>
          ${this.reason === reason ? html`<tr><td colspan="3">${this.lettersOf()}</td></tr>` : nothing}`)}</tbody></table>
    </section>`;
  }

  lettersOf() {
    if (this.lettersProblem) return html`<p class="note bad" role="alert">${this.lettersProblem}</p>`;
    if (!this.letters) return html`<p class="muted">Loading…</p>`;
    return html`<ul class="events">${this.letters.map((letter) => html`<li><details>
      <summary><span class="mono">${time(letter.ingestedAt)}</span><span>${letter.message} <span class="muted">${letter.place}</span></span>
        <span class="muted">${short(letter.payloadLength)} bytes</span></summary>
      <div class="body"><p>${letter.source}, ${letter.object}, record ${number(letter.offset)}
          <button class="quiet" @click=${() => copy(letter.payload, 'Payload copied.')}>Copy</button></p>
        <pre tabindex="0" aria-label="Payload">${letter.payload}</pre>
        ${letter.payloadLength > letter.payload.length ? html`<p>Longer ones are kept at their source only; this one has ${number(letter.payloadLength)} bytes.</p>` : nothing}
      </div></details></li>`)}</ul>`;
  }

  /** Whether silence means "nothing new" or "not known yet". */
  learningCard(report) {
    const numbers = report.job.find((part) => part.part === 'detect')?.numbers ?? {};
    const rows = Object.keys(numbers).filter((name) => name.startsWith('learning.'))
      .map((name) => name.slice('learning.'.length))
      .map((detection) => ({ detection, learning: numbers[`learning.${detection}`], learned: numbers[`learned.${detection}`] ?? 0 }))
      .filter((row) => row.learning + row.learned > 0);
    if (rows.length === 0) return nothing;
    return html`<section class="card"><header><h2>Learning</h2>
        <p>What a principal does for the first time is a finding only when its learning period is over; expectations and rules speak at once.</p></header>
      <table class="table"><thead><tr><th scope="col">Detection</th><th scope="col" class="num">Still being learned</th>
          <th scope="col" class="num">Learned</th><th scope="col">Silence means</th></tr></thead>
        <tbody>${rows.map((row) => html`<tr><th scope="row">${row.detection}</th><td class="num">${number(row.learning)}</td><td class="num">${number(row.learned)}</td>
          <td>${row.learned === 0 ? 'Nothing yet: all are still being learned.' : row.learning === 0 ? 'Nothing new was seen.' : 'Nothing new was seen of those that are learned.'}</td></tr>`)}</tbody></table>
    </section>`;
  }

  jobCard(report) {
    return html`<section class="card"><header><h2>Detection job</h2><p>What its parts count; what is zero is left out.</p></header>
      <div class="wide" tabindex="0" role="region" aria-label="Parts of the job"><table class="table">
        <thead><tr><th scope="col">Part</th><th scope="col">State</th><th scope="col" class="num">Subtasks</th><th scope="col" class="num">Watermark delay</th>
          <th scope="col">Last report</th><th scope="col">Counts</th></tr></thead>
        <tbody>${report.job.map((part) => html`<tr><th scope="row" class="whole">${part.part}</th>
          <td><span class="dot ${part.health}" aria-hidden="true"></span> ${part.health === 'WELL' ? 'Running' : 'Silent'}</td>
          <td class="num">${part.reported} of ${part.subtasks}</td>
          <td class="num">${part.watermarkDelayMillis === null ? '–' : span(part.watermarkDelayMillis)}</td>
          <td>${ago(part.at)}</td>
          <td>${Object.entries(part.numbers).filter(([name, value]) => value !== 0 && !/^(learning|learned|staged|muted)\./.test(name)).map(([name, value]) => html`<span class="muted">${name}</span> ${
            name.endsWith('Millis') ? span(value) : short(value)}${part.perSecond[name] ? html` <span class="muted">(${rate(part.perSecond[name])}/s)</span>` : nothing} &nbsp; `)}</td>
        </tr>`)}</tbody></table></div></section>`;
  }

  topicsCard(report) {
    return html`<section class="card"><header><h2>Kafka topics</h2></header>
      <div class="wide" tabindex="0" role="region" aria-label="Kafka topics"><table class="table">
        <thead><tr><th scope="col">Topic</th><th scope="col" class="num">Records held</th><th scope="col" class="num">Records/s</th><th scope="col">Last append</th></tr></thead>
        <tbody>${report.topics.map((topic) => html`<tr><th scope="row">${topic.topic}</th><td class="num">${number(topic.records)}</td>
          <td class="num">${rate(topic.perSecond)}</td><td>${topic.lastAppend ? ago(topic.lastAppend) : 'none since the console began'}</td></tr>`)}</tbody></table></div></section>`;
  }
}

customElements.define('tw-pipeline', Pipeline);
