/** The live stream of one filter. It goes on where it was after every interruption. */
import { queryOf } from './api.js';

export class Live {
  /**
   * @param filter as the API takes it
   * @param after the last change the page knows of
   * @param listener `findings({findings, gone})`, `missed(count)`, `renew()` when the page must read anew, and
   *     `connected(boolean)`
   */
  constructor(filter, after, store, listener) {
    this.source = new EventSource(`/api/live${queryOf({ ...filter, after })}`);
    this.source.addEventListener('open', () => listener.connected(true));
    this.source.addEventListener('error', () => {
      listener.connected(false);
      // Refused rather than interrupted: the browser will not try again by itself.
      if (this.source.readyState === EventSource.CLOSED) {
        this.retry = setTimeout(() => listener.renew(), 3000);
      }
    });
    this.source.addEventListener('hello', (event) => {
      if (JSON.parse(event.data).store !== store) {
        listener.renew();
      }
    });
    this.source.addEventListener('reset', () => listener.renew());
    this.source.addEventListener('findings', (event) => listener.findings(JSON.parse(event.data)));
    this.source.addEventListener('missed', (event) => listener.missed(JSON.parse(event.data).count));
  }

  close() {
    clearTimeout(this.retry);
    this.source.close();
  }
}
