/** How many findings there are per value, and which values are wanted or not. */
import { LitElement, html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { FIELDS } from './address.js';
import { number, severity, shortPrincipal, words } from './format.js';

class Facets extends LitElement {
  static properties = {
    data: { attribute: false },
    view: { attribute: false },
  };

  createRenderRoot() {
    return this;
  }

  choose(field, value, side) {
    this.dispatchEvent(new CustomEvent('choose', { detail: { field, value, side } }));
  }

  render() {
    return FIELDS.map((field) => this.facet(field));
  }

  facet(field) {
    const facet = this.data?.fields[field];
    const { include, exclude } = this.view;
    const counted = facet?.values ?? [];
    // What is chosen stays in sight even when nothing has that value now.
    const missing = [...include[field], ...exclude[field]].filter((value) => !counted.some((each) => each.value === value));
    const values = [...counted, ...missing.map((value) => ({ value, count: 0 }))];
    return html`<fieldset class="facet">
      <legend>${words(field)}</legend>
      <ul>${repeat(values, (each) => each.value, ({ value, count }) => {
        const wanted = include[field].includes(value);
        const unwanted = exclude[field].includes(value);
        const name = this.name(field, value);
        return html`<li class=${unwanted ? 'out' : ''}>
          <label title=${value}>
            <input type="checkbox" .checked=${wanted} @change=${() => this.choose(field, value, 'include')}>
            <span>${field === 'severity' ? severity(value) : name}</span>
          </label>
          <span class="count">${number(count)}</span>
          <button class="without" aria-pressed=${unwanted ? 'true' : 'false'} aria-label="Leave out ${name}" title="Leave out"
            @click=${() => this.choose(field, value, 'exclude')}>−</button>
        </li>`;
      })}</ul>
      ${facet && values.length === 0 ? html`<span class="muted">none</span>` : nothing}
      ${facet?.more ? html`<span class="muted">and others: search to narrow</span>` : nothing}
    </fieldset>`;
  }

  name(field, value) {
    if (value === '') return '(none)';
    if (field === 'status' || field === 'severity') return words(value);
    return field === 'principal' ? shortPrincipal(value) : value;
  }
}

customElements.define('tw-facets', Facets);
