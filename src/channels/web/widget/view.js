/** What is seen and heard of the chat. Texts of others are text, never markup. */

/** @typedef {import('./wire.js').Message} Message */
/** @typedef {import('./words.js').Say} Say */

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Record<string, string>} [attributes]
 * @param {(Node | string)[]} [children]
 * @returns {HTMLElementTagNameMap[K]}
 */
export function element(tag, attributes = {}, children = []) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

const paths = {
  chat: 'M4 5.5A2.5 2.5 0 0 1 6.500 3h11A2.500 2.500 0 0 1 20 5.500v8a2.500 2.500 0 0 1-2.500 2.500H11l-4.600 4.200c-.5.4-1.400.1-1.400-.700V16A2.500 2.500 0 0 1 4 13.500z M8 8.500h8 M8 11.500h5',
  close: 'M6 6l12 12 M18 6L6 18',
  send: 'M5 12h13 M12 5l7 7-7 7',
  clip: 'M20 11.500l-7.800 7.800a5 5 0 0 1-7.100-7.100l8.200-8.200a3.300 3.300 0 0 1 4.700 4.700l-8.200 8.200a1.700 1.700 0 0 1-2.400-2.400l7.500-7.500',
  file: 'M7 3h7l5 5v13H7z M14 3v5h5',
  pin: 'M12 21s7-6.200 7-11.500a7 7 0 0 0-14 0C5 14.800 12 21 12 21z M12 12.200a2.700 2.700 0 1 0 0-5.400 2.700 2.700 0 0 0 0 5.400z',
};

/** @param {keyof typeof paths} name */
export function icon(name) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const drawn = { viewBox: '0 0 24 24', fill: 'none', stroke: 'currentColor', 'stroke-width': '2', 'aria-hidden': 'true' };
  for (const [attribute, value] of Object.entries({ ...drawn, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' }))
    made.setAttribute(attribute, value);
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', paths[name]);
  made.append(path);
  return made;
}

/** The log: messages in order, each once, with what became of the visitor's own. */
export class Log {
  /** @type {HTMLElement} */ node;
  /** @type {Say} */ #say;
  /** @type {(option: string) => void} */ #choose;
  /** @type {(id: string) => void} */ #retry;
  /** @type {Map<string, HTMLElement>} */ #shown = new Map();
  /** @type {HTMLElement | undefined} */ #options;
  /** @type {HTMLElement} */ #working;
  /** @type {Message['from'] | undefined} */ #lastFrom;

  /**
   * @param {Say} say
   * @param {(option: string) => void} choose
   * @param {(id: string) => void} retry
   */
  constructor(say, choose, retry) {
    this.#say = say;
    this.#choose = choose;
    this.#retry = retry;
    this.node = element('div', { class: 'log', role: 'log', 'aria-live': 'polite', 'aria-label': say('log'), tabindex: '0' });
    const dots = [element('i'), element('i'), element('i')];
    this.#working = element('p', { class: 'bubble working', 'aria-hidden': 'true' }, dots);
  }

  /** @param {string} text shown above all, and said by nobody */
  greet(text) {
    this.node.append(element('div', { class: 'message agent' }, [element('p', { class: 'bubble' }, [text])]));
  }

  /**
   * @param {Message} message
   * @returns {boolean} whether it is new here
   */
  add(message) {
    const known = this.#shown.get(message.id);
    if (known !== undefined) {
      this.mark(message.id, 'sent');
      return false;
    }
    this.#options?.remove();
    const { from, text, parts = [], options = [] } = message;
    const node = element('div', { class: `message ${from}` });
    if (from === this.#lastFrom) node.append(element('span', { class: 'heard' }, [`${this.#say(who(from))}: `]));
    else node.append(element('span', { class: from === 'visitor' ? 'heard' : 'name' }, [this.#say(who(from))]));
    this.#lastFrom = from;
    for (const part of parts) node.append(this.#part(part));
    if (text.trim() !== '') node.append(element('p', { class: 'bubble', dir: 'auto' }, [text]));
    this.#shown.set(message.id, node);
    this.node.append(node);
    if (options.length > 0) this.#offer(options);
    if (this.#working.isConnected) this.node.append(this.#working);
    this.toEnd();
    return true;
  }

  /**
   * @param {string} id
   * @param {'sending' | 'waits' | 'sent' | 'failed'} outcome
   */
  mark(id, outcome) {
    const node = this.#shown.get(id);
    node?.querySelector('.sent')?.remove();
    if (node === undefined || outcome === 'sent') return;
    const words = this.#say(outcome === 'failed' ? 'failed' : 'sending');
    const line = element('p', { class: `sent ${outcome}` }, [words]);
    if (outcome === 'failed') {
      const again = element('button', { type: 'button' }, [this.#say('again')]);
      again.addEventListener('click', () => this.#retry(id));
      line.append(' · ', again);
    }
    node.append(line);
  }

  /** @param {boolean} working */
  work(working) {
    if (working) this.node.append(this.#working);
    else this.#working.remove();
    this.toEnd();
  }

  toEnd() {
    this.node.scrollTop = this.node.scrollHeight;
  }

  /** @param {string[]} options */
  #offer(options) {
    const buttons = options.map((option) => {
      const button = element('button', { type: 'button' }, [option]);
      button.addEventListener('click', () => this.#choose(option));
      return button;
    });
    this.#options = element('div', { class: 'options', role: 'group', 'aria-label': this.#say('options') }, buttons);
    this.node.append(this.#options);
  }

  /** @param {NonNullable<Message['parts']>[number]} part */
  #part(part) {
    const isPlace = part.type === 'location';
    const address = isPlace
      ? `https://www.openstreetmap.org/?mlat=${part.latitude}&mlon=${part.longitude}#map=17/${part.latitude}/${part.longitude}`
      : part.url;
    const name = isPlace ? (part.name ?? this.#say('place')) : part.name;
    const note = isPlace ? '' : part.bytes > 0 ? sizeOf(part.bytes) : '';
    const label = element('span', { dir: 'auto' }, [name, ...(note === '' ? [] : [element('small', {}, [note])])]);
    // Only addresses of the web: no other scheme is followed.
    const href = address !== undefined && /^https?:\/\//.test(address) ? address : undefined;
    const shown =
      href === undefined ? label : element('a', { href, target: '_blank', rel: 'noopener noreferrer nofollow' }, [label]);
    return element('p', { class: 'bubble file' }, [icon(isPlace ? 'pin' : 'file'), shown]);
  }
}

/** @param {Message['from']} from */
function who(from) {
  return from === 'visitor' ? 'you' : from;
}

/** @param {number} bytes */
function sizeOf(bytes) {
  return bytes < 1_048_576 ? `${Math.max(1, Math.round(bytes / 1_024))} kB` : `${(bytes / 1_048_576).toFixed(1)} MB`;
}
