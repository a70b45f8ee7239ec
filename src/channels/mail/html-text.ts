/** The text of a mail that is HTML alone. Nothing that it names is loaded; what it quotes is left out. */
import { parseHTML } from 'linkedom';

const hidden = new Set([
  'script',
  'style',
  'noscript',
  'template',
  'svg',
  'iframe',
  'object',
  'head',
  'img',
  'video',
  'audio',
  'title',
]);
const blocks = new Set(
  'p div section article main header footer ul ol li table tr pre dl dt dd address h1 h2 h3 h4 h5 h6 hr'.split(' '),
);
const quotes =
  'blockquote, .gmail_quote, .gmail_signature, .moz-cite-prefix, .yahoo_quoted, #divRplyFwdMsg, #appendonsend, #Signature';
const longestHtml = 300_000;
/** Deeper elements are cut: nobody writes so, and the reader is recursive. */
const mostDepth = 200;

interface HtmlNode {
  nodeType: number;
  nodeName: string;
  textContent: string | null;
  childNodes: Iterable<HtmlNode>;
}

export function htmlText(html: string): string {
  if (html.trim() === '') return '';
  const cut = shallow(html.slice(0, longestHtml));
  const { document } = parseHTML(`<html><body>${cut}</body></html>`);
  const whole = textOf(document.documentElement as unknown as HtmlNode);
  for (const each of document.querySelectorAll(quotes)) each.remove();
  const own = textOf(document.documentElement as unknown as HtmlNode);
  return own === '' ? whole : own;
}

/** Without the elements that a parser would nest too deep: tags beyond the depth are dropped. */
function shallow(html: string): string {
  let depth = 0;
  return html.replace(/<(\/?)([a-z][a-z0-9]*)[^<>]*>/gi, (tag, closes: string, name: string) => {
    if (/^(?:br|img|hr|meta|link|input|col|wbr|area|base)$/i.test(name) || tag.endsWith('/>')) return tag;
    depth += closes === '' ? 1 : -1;
    if (depth < 0) depth = 0;
    return depth > mostDepth ? ' ' : tag;
  });
}

function textOf(root: HtmlNode): string {
  let text = '';
  const walk = (node: HtmlNode, depth: number): void => {
    const name = node.nodeName.toLowerCase();
    if (node.nodeType === 3) text += (node.textContent ?? '').replace(/\s+/g, ' ');
    if (node.nodeType !== 1 || hidden.has(name) || depth > 2 * mostDepth) return;
    if (name === 'br') text += '\n';
    const block = blocks.has(name);
    if (block && !text.endsWith('\n')) text += '\n';
    if (name === 'li') text += '- ';
    for (const child of node.childNodes) walk(child, depth + 1);
    if (name === 'td' || name === 'th') text += ' ';
    if (block && !text.endsWith('\n')) text += '\n';
  };
  walk(root, 0);
  return text
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
