/** What people decide about findings. */
import { post } from './api.js';
import { say, words } from './format.js';

export const REASONS = [
  'FALSE_POSITIVE',
  'TESTING_OR_MAINTENANCE',
  'REMEDIATED',
  'CASE_OPENED',
  'TRUE_POSITIVE_BENIGN',
  'TRUE_POSITIVE_MALICIOUS',
  'OTHER',
];

/** Sends a decision; the list hears of it by the live stream, like everybody else's. */
export async function decide(id, verdict, reason = null, note = '') {
  const body = { ids: [id], verdict, note };
  if (reason) {
    body.reason = reason;
  }
  try {
    await post('/api/decisions', body);
  } catch (error) {
    say(`Not saved: ${error.message}`);
    return false;
  }
  const undo = verdict === 'REOPENED' ? null : { label: 'Undo', run: () => decide(id, 'REOPENED', null, 'Undone') };
  say(`${words(verdict)}.`, undo);
  return true;
}

export function acknowledge(row) {
  return decide(row.id, row.status === 'ACKNOWLEDGED' ? 'REOPENED' : 'ACKNOWLEDGED');
}
