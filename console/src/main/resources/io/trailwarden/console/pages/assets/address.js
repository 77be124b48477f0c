/** What the findings page shows, as the query of its URL: every view can be linked to. */

export const FIELDS = ['severity', 'status', 'detection', 'account', 'region', 'principal'];
export const SPANS = { '15m': 900_000, '1h': 3_600_000, '24h': 86_400_000, '7d': 604_800_000, '30d': 2_592_000_000 };
const CLOSED_HIDDEN = ['OPEN', 'ACKNOWLEDGED'];

/** The view that this query asks for. Without a word about status, what is closed, suppressed or withdrawn is hidden. */
export function parse(search) {
  const parameters = new URLSearchParams(search);
  const view = { include: {}, exclude: {}, q: parameters.get('q') ?? '', span: '', from: '', to: '', sort: 'arrival', finding: null };
  for (const field of FIELDS) {
    view.include[field] = parameters.getAll(field).filter((value) => field !== 'status' || value !== 'any');
    view.exclude[field] = parameters.getAll(`not.${field}`);
  }
  if (!parameters.has('status') && !parameters.has('not.status')) {
    view.include.status = [...CLOSED_HIDDEN];
  }
  const span = parameters.get('span');
  if (span in SPANS) {
    view.span = span;
  } else {
    view.from = parameters.get('from') ?? '';
    view.to = parameters.get('to') ?? '';
  }
  const sort = parameters.get('sort');
  view.sort = sort === 'time' || sort === 'severity' ? sort : 'arrival';
  view.finding = parameters.get('finding');
  return view;
}

/** The parameters of the page's own URL. */
export function address(view) {
  const parameters = { q: view.q, span: view.span, from: view.from, to: view.to, finding: view.finding };
  if (view.sort !== 'arrival') {
    parameters.sort = view.sort;
  }
  for (const field of FIELDS) {
    parameters[field] = view.include[field];
    parameters[`not.${field}`] = view.exclude[field];
  }
  if (isDefaultStatus(view)) {
    delete parameters.status;
  } else if (view.include.status.length === 0 && view.exclude.status.length === 0) {
    parameters.status = 'any';
  }
  return parameters;
}

export function isDefaultStatus(view) {
  return (
    view.exclude.status.length === 0 &&
    view.include.status.length === CLOSED_HIDDEN.length &&
    CLOSED_HIDDEN.every((value) => view.include.status.includes(value))
  );
}

/** The same filter as the server's API takes it. */
export function filter(view) {
  const parameters = { q: view.q, from: view.from, to: view.to };
  if (view.span) {
    parameters.from = new Date(Date.now() - SPANS[view.span]).toISOString();
  }
  for (const field of FIELDS) {
    parameters[field] = view.include[field];
    parameters[`not.${field}`] = view.exclude[field];
  }
  return parameters;
}

/** Whether anything is filtered beyond what always is. */
export function isFiltered(view) {
  return (
    view.q !== '' || view.span !== '' || view.from !== '' || view.to !== '' || !isDefaultStatus(view) ||
    FIELDS.some((field) => field !== 'status' && (view.include[field].length > 0 || view.exclude[field].length > 0))
  );
}

/** Includes, excludes or releases one value: the other side lets go of it. */
export function toggle(view, field, value, side) {
  const other = side === 'include' ? 'exclude' : 'include';
  const values = view[side][field];
  view[side][field] = values.includes(value) ? values.filter((each) => each !== value) : [...values, value];
  view[other][field] = view[other][field].filter((each) => each !== value);
}
