/** The widget: a button that opens a conversation. `<script async src="…/api/v1/web/widget.js" data-connection="…"></script>` */
import { sheetOf } from './styles.js';
import { element, icon, Log } from './view.js';
import { Wire } from './wire.js';
import { languageOf, wordsOf } from './words.js';

/** @typedef {import('./wire.js').Draft} Draft */
/** @typedef {import('./wire.js').Shown} Shown */
/** @typedef {import('./wire.js').State} State */

const longestText = 4_000;

class Chat {
  /** @type {Wire} */ #wire;
  /** @type {Shown} */ #shown;
  /** @type {import('./words.js').Say} */ #say;
  /** @type {Log} */ #log;
  #unread = 0;
  #connected = true;
  /** @type {State} */ #state = { handler: 'agent', working: false };
  /** @type {Map<string, Draft>} */ #drafts = new Map();
  #host = element('div');
  #launcher;
  #badge = element('span', { class: 'badge', 'aria-hidden': 'true', hidden: '' });
  #panel;
  #status = element('p', { class: 'status', role: 'status' });
  #notice = element('p', { class: 'notice', role: 'alert', hidden: '' });
  #field;

  /**
   * @param {(listener: import('./wire.js').Listener) => Wire} connect
   * @param {Shown} shown
   * @param {'es' | 'en'} language
   */
  constructor(connect, shown, language) {
    this.#shown = shown;
    const say = wordsOf(language);
    this.#say = say;
    const title = shown.title === '' ? say('title') : shown.title;
    this.#log = new Log(
      say,
      (option) => this.#send(option),
      (id) => this.#retry(id),
    );
    this.#launcher = element('button', { class: 'launcher', type: 'button', 'aria-expanded': 'false', 'aria-haspopup': 'dialog' }, [
      icon('chat'),
      this.#badge,
    ]);
    this.#field = element('textarea', {
      rows: '1',
      'aria-label': say('write'),
      placeholder: say('write'),
      maxlength: String(longestText),
    });
    const close = element('button', { class: 'icon', type: 'button', 'aria-label': say('close') }, [icon('close')]);
    const head = element('header', {}, [element('div', {}, [element('h2', { id: 'title' }, [title]), this.#status]), close]);
    const attributes = { class: 'panel', role: 'dialog', 'aria-labelledby': 'title', lang: language, hidden: '' };
    this.#panel = element('section', attributes, [head, this.#notice, this.#log.node, this.#composer()]);
    const root = this.#host.attachShadow({ mode: 'open' });
    root.adoptedStyleSheets = [sheetOf(shown.color)];
    root.append(this.#panel, this.#launcher);
    document.body.append(this.#host);
    this.#launcher.addEventListener('click', () => (this.#panel.hidden ? this.open() : this.#close()));
    close.addEventListener('click', () => this.#close());
    this.#panel.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.#close();
    });
    if (shown.greeting !== '') this.#log.greet(shown.greeting);
    this.#wire = connect({
      onMessage: (message) => {
        const isNew = this.#log.add(message);
        if (message.from === 'visitor') this.#drafts.delete(message.id);
        else if (isNew && this.#panel.hidden && Date.parse(message.at) > this.#since) this.#unread += 1;
        this.#tell();
      },
      onState: (state) => {
        this.#state = state;
        this.#log.work(state.working && state.handler === 'agent');
        this.#tell();
      },
      onConnected: (connected) => {
        this.#connected = connected;
        this.#tell();
      },
      onSent: (id, outcome) => this.#log.mark(id, outcome),
    });
    this.#tell();
    // Who was here before hears of answers while the chat is closed.
    if (this.#wire.known) this.#wire.follow();
  }

  /** What was said before the page was loaded is no news. */
  #since = Date.now();

  #composer() {
    const say = this.#say;
    const send = element('button', { class: 'icon send', type: 'submit', 'aria-label': say('send') }, [icon('send')]);
    const form = element('form', {}, [this.#field, send]);
    if (this.#shown.fileBytes > 0) {
      const input = element('input', { type: 'file', hidden: '', tabindex: '-1', 'aria-hidden': 'true' });
      const attach = element('button', { class: 'icon', type: 'button', 'aria-label': say('attach') }, [icon('clip')]);
      attach.addEventListener('click', () => input.click());
      input.addEventListener('change', () => {
        const file = input.files?.[0];
        input.value = '';
        if (file !== undefined) this.#attach(file);
      });
      form.prepend(input, attach);
    }
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#field.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    });
    this.#field.addEventListener('input', () => this.#grow());
    return form;
  }

  #grow() {
    const { style } = this.#field;
    style.height = 'auto';
    style.height = `${Math.min(132, this.#field.scrollHeight + 2)}px`;
  }

  open() {
    this.#panel.hidden = false;
    this.#unread = 0;
    this.#wire.follow();
    this.#tell();
    this.#log.toEnd();
    this.#field.focus();
  }

  #close() {
    this.#panel.hidden = true;
    this.#tell();
    this.#launcher.focus();
  }

  #submit() {
    const text = this.#field.value.trim();
    if (text === '') return;
    this.#field.value = '';
    this.#grow();
    this.#send(text);
  }

  /**
   * @param {string} text
   * @param {File} [file]
   */
  #send(text, file) {
    const draft = { id: newId(), text, file };
    this.#drafts.set(draft.id, draft);
    const parts =
      file === undefined ? [] : [{ type: /** @type {const} */ ('file'), name: file.name, mediaType: file.type, bytes: file.size }];
    this.#log.add({ id: draft.id, from: 'visitor', text, parts, at: new Date().toISOString() });
    this.#log.mark(draft.id, 'sending');
    this.#wire.send(draft);
    this.#field.focus();
  }

  /** @param {File} file */
  #attach(file) {
    const fits = file.size <= this.#shown.fileBytes;
    this.#notice.hidden = fits;
    this.#notice.textContent = fits ? '' : this.#say('tooLarge');
    if (fits) this.#send('', file);
  }

  /** @param {string} id */
  #retry(id) {
    const draft = this.#drafts.get(id);
    if (draft === undefined) return;
    this.#log.mark(id, 'sending');
    this.#wire.send(draft);
  }

  /** Says how things are, in one place. */
  #tell() {
    const say = this.#say;
    const { handler, working } = this.#state;
    const status = !this.#connected ? 'connecting' : handler === 'person' ? 'personAnswers' : working ? 'working' : 'agentAnswers';
    if (this.#status.textContent !== say(status)) this.#status.textContent = say(status);
    const away = !this.#connected && !navigator.onLine;
    if (away || this.#notice.textContent === say('offline')) {
      this.#notice.hidden = !away;
      this.#notice.textContent = away ? say('offline') : '';
    }
    const open = !this.#panel.hidden;
    this.#launcher.setAttribute('aria-expanded', String(open));
    const unread = this.#unread > 0 ? ` (${this.#unread} ${say('unread')})` : '';
    this.#launcher.setAttribute('aria-label', open ? say('close') : `${say('open')}${unread}`);
    this.#badge.hidden = this.#unread === 0;
    this.#badge.textContent = String(this.#unread);
  }
}

/** Without a secure context browsers make no UUID by themselves. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function start() {
  const script = document.currentScript;
  const connection = script instanceof HTMLScriptElement ? script.dataset['connection'] : undefined;
  if (!(script instanceof HTMLScriptElement) || connection === undefined) {
    console.error('The script tag of the chat needs data-connection: timonel channels add web prints it.');
    return;
  }
  const server = new URL(script.src).origin;
  const said = script.dataset['language'] ?? document.documentElement.lang ?? navigator.language;
  const show = async () => {
    const asked = new Wire(server, connection, { onMessage() {}, onState() {}, onConnected() {}, onSent() {} });
    const shown = await asked.shown();
    const chat = new Chat((listener) => new Wire(server, connection, listener), shown, languageOf(said, shown.language));
    // A page that is there for the chat alone.
    if (script.dataset['open'] !== undefined) chat.open();
  };
  const begin = () => void show().catch((error) => console.error(String(error)));
  if (document.body === null) addEventListener('DOMContentLoaded', begin, { once: true });
  else begin();
}

start();
