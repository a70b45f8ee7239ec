/** The way to the server: a session that the page keeps, a stream that comes back, and messages that are sent again until they are stored. */
import { readEvents } from './event-stream.js';

/**
 * @typedef {{ type: 'image' | 'audio' | 'file', name: string, mediaType: string, bytes: number, url?: string }} SentFile
 * @typedef {{ type: 'location', latitude: number, longitude: number, name?: string }} Place
 * @typedef {{ id: string, from: 'visitor' | 'agent' | 'person', text: string, options?: string[], parts?: (SentFile | Place)[], at: string }} Message
 * @typedef {{ handler: 'agent' | 'person', working: boolean }} State
 * @typedef {{ title: string, greeting: string, color: string, language: 'es' | 'en', fileBytes: number }} Shown
 * @typedef {{ id: string, text: string, file?: File | undefined, artifact?: string | undefined }} Draft
 * @typedef {{
 *   onMessage(message: Message): void,
 *   onState(state: State): void,
 *   onConnected(connected: boolean): void,
 *   onSent(id: string, outcome: 'sent' | 'waits' | 'failed'): void,
 * }} Listener
 */

/** Without a sign of life for so long, in milliseconds, the stream is taken for dead; the server gives one every 15 s. */
const silenceMs = 40_000;
const longestPauseMs = 30_000;

export class Wire {
  /** @type {string} */ #base;
  /** @type {string} */ #key;
  /** @type {Listener} */ #listener;
  /** @type {string | undefined} */ #token;
  /** @type {string | undefined} */ #last;
  /** @type {Draft[]} */ #drafts = [];
  /** @type {AbortController | undefined} */ #stream;
  #sending = false;
  #following = false;
  #failures = 0;
  /** @type {Set<() => void>} what waits */ #pauses = new Set();

  /**
   * @param {string} server origin of the server
   * @param {string} connection
   * @param {Listener} listener
   */
  constructor(server, connection, listener) {
    this.#base = `${server}/api/v1/web/${encodeURIComponent(connection)}`;
    this.#key = `timonel-chat:${connection}`;
    this.#listener = listener;
    this.#token = this.#kept();
    addEventListener('online', () => this.#hurry());
    // A stream over a network that is gone would look alive until it is silent for too long.
    addEventListener('offline', () => this.#stream?.abort());
  }

  /** Whether the visitor was here before. */
  get known() {
    return this.#token !== undefined;
  }

  /** @returns {Promise<Shown>} */
  async shown() {
    const answer = await fetch(this.#base, { credentials: 'omit' });
    if (!answer.ok) throw new Error(`The chat cannot be shown here (${answer.status}).`);
    return answer.json();
  }

  /** Begins to listen, once; goes on until the page is left. */
  follow() {
    if (this.#following) return;
    this.#following = true;
    void this.#follow();
  }

  /** @param {Draft} draft is sent when its turn comes, and again until it is stored */
  send(draft) {
    this.#drafts.push(draft);
    this.follow();
    void this.#sendAll();
  }

  async #follow() {
    for (;;) {
      try {
        await this.#session();
        await this.#listen();
        this.#failures = 0;
      } catch {
        this.#failures += 1;
      }
      this.#listener.onConnected(false);
      const pause = Math.min(longestPauseMs, 500 * 2 ** this.#failures) * (0.5 + Math.random() / 2);
      await this.#pause(pause);
    }
  }

  async #session() {
    if (this.#token !== undefined) return;
    const answer = await this.#post('session', '{}', 'application/json');
    if (!answer.ok) throw new Error(`No session (${answer.status}).`);
    this.#token = (await answer.json()).token;
    this.#keep();
  }

  async #listen() {
    const stop = new AbortController();
    this.#stream = stop;
    let timer = setTimeout(() => stop.abort(), silenceMs);
    try {
      const answer = await fetch(`${this.#base}/events`, {
        credentials: 'omit',
        headers: { ...this.#headers(), ...(this.#last === undefined ? {} : { 'last-event-id': this.#last }) },
        signal: stop.signal,
      });
      // The key was replaced, or the token is old: the next one is another visitor's.
      if (answer.status === 401) this.#forget();
      if (!answer.ok || answer.body === null) throw new Error(`No events (${answer.status}).`);
      this.#failures = 0;
      this.#listener.onConnected(true);
      void this.#sendAll();
      await readEvents(
        answer.body,
        ({ id, event, data }) => {
          if (id !== undefined) this.#last = id;
          if (event === 'message') this.#listener.onMessage(JSON.parse(data));
          else if (event === 'state') this.#listener.onState(JSON.parse(data));
        },
        () => {
          clearTimeout(timer);
          timer = setTimeout(() => stop.abort(), silenceMs);
        },
      );
    } finally {
      clearTimeout(timer);
    }
  }

  async #sendAll() {
    if (this.#sending || this.#token === undefined) return;
    this.#sending = true;
    try {
      for (let draft = this.#drafts[0]; draft !== undefined; draft = this.#drafts[0]) {
        const pause = await this.#sendOne(draft);
        if (pause === undefined) this.#drafts.shift();
        else if (pause === 0) return;
        else await this.#pause(pause);
      }
    } catch {
      // No connection: the stream, which comes back first, says when there is one again.
      this.#stream?.abort();
      for (const { id } of this.#drafts) this.#listener.onSent(id, 'waits');
    } finally {
      this.#sending = false;
    }
  }

  /**
   * @param {Draft} draft
   * @returns {Promise<number | undefined>} how long to wait before it is sent again; 0: until the stream is back; nothing: it is over
   */
  async #sendOne(draft) {
    if (draft.file !== undefined && draft.artifact === undefined) {
      const { name, type } = draft.file;
      const uploaded = await this.#post(`files?name=${encodeURIComponent(name)}`, draft.file, type || 'application/octet-stream');
      if (!uploaded.ok) return this.#refused(draft, uploaded);
      draft.artifact = (await uploaded.json()).id;
    }
    const { id, text, artifact } = draft;
    const body = JSON.stringify({ id, text, ...(artifact === undefined ? {} : { file: artifact }) });
    const answer = await this.#post('messages', body, 'application/json');
    if (!answer.ok) return this.#refused(draft, answer);
    this.#listener.onSent(id, 'sent');
    return undefined;
  }

  /**
   * @param {Draft} draft
   * @param {Response} answer
   */
  #refused(draft, answer) {
    if (answer.status === 401) {
      this.#forget();
      this.#hurry();
      this.#listener.onSent(draft.id, 'waits');
      return 0;
    }
    if (answer.status === 429 || answer.status >= 500) {
      this.#listener.onSent(draft.id, 'waits');
      return 1_000 * Math.min(60, Math.max(1, Number(answer.headers.get('retry-after') ?? 2)));
    }
    this.#listener.onSent(draft.id, 'failed');
    return undefined;
  }

  /**
   * @param {string} path
   * @param {BodyInit} body
   * @param {string} type
   */
  #post(path, body, type) {
    const headers = { ...this.#headers(), 'content-type': type };
    return fetch(`${this.#base}/${path}`, { method: 'POST', credentials: 'omit', headers, body });
  }

  /** @returns {Record<string, string>} */
  #headers() {
    return this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` };
  }

  /** @param {number} milliseconds at most; the network that is back ends it */
  #pause(milliseconds) {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#pauses.delete(end);
        resolve(undefined);
      };
      const timer = setTimeout(end, milliseconds);
      this.#pauses.add(end);
    });
  }

  #hurry() {
    for (const end of [...this.#pauses]) end();
  }

  #forget() {
    this.#token = undefined;
    this.#last = undefined;
    this.#keep();
  }

  /** A page may forbid its storage: the visitor is then new on every page. */
  #kept() {
    try {
      return localStorage.getItem(this.#key) ?? undefined;
    } catch {
      return undefined;
    }
  }

  #keep() {
    try {
      if (this.#token === undefined) localStorage.removeItem(this.#key);
      else localStorage.setItem(this.#key, this.#token);
    } catch {
      // As in #kept.
    }
  }
}
