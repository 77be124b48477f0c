/** Talks to the console's server. Every value that goes into a URL is encoded here and nowhere else. */

export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** `{severity: ['HIGH'], q: 'x'}` as the query of a URL; empty values are left out. */
export function queryOf(parameters) {
  const parts = [];
  for (const [name, value] of Object.entries(parameters)) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== null && each !== undefined && each !== '') {
        parts.push(`${encodeURIComponent(name)}=${encodeURIComponent(each)}`);
      }
    }
  }
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

async function answerOf(request) {
  let response;
  try {
    response = await request;
  } catch (error) {
    if (error.name === 'AbortError') {
      throw error;
    }
    throw new ApiError(0, 'The console does not answer. It may have been stopped; this page tries again.');
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) {
    if (response.status === 401) {
      window.dispatchEvent(new CustomEvent('tw-login'));
    }
    throw new ApiError(response.status, body.error ?? `The console answered ${response.status}.`);
  }
  return body;
}

export function get(path, parameters = {}, signal = undefined) {
  return answerOf(fetch(path + queryOf(parameters), { signal, headers: { Accept: 'application/json' } }));
}

export function post(path, body, signal = undefined) {
  return answerOf(
    fetch(path, {
      method: 'POST',
      signal,
      headers: { 'Content-Type': 'application/json', 'X-Trailwarden': '1' },
      body: JSON.stringify(body),
    }),
  );
}
