/** From a page to Markdown: what is read, with its headings; no scripts, no navigation. Nothing that it names is fetched. */
import { Readability } from '@mozilla/readability';
import { parseHTML } from 'linkedom';

const hidden = new Set([
  'script',
  'style',
  'noscript',
  'template',
  'svg',
  'iframe',
  'object',
  'nav',
  'form',
  'button',
  'head',
  'title',
  'img',
  'video',
]);
const blocks = new Set(
  'p div section article main header footer ul ol li table tr blockquote pre dl dt dd figure figcaption address h1 h2 h3 h4 h5 h6 hr'.split(
    ' ',
  ),
);

/** A page of which less is left is taken whole: what looks like navigation is its text. */
const leastShare = 0.5;

/** The little of a node that is looked at, whichever library made it. */
interface PageNode {
  nodeType: number;
  nodeName: string;
  textContent: string | null;
  childNodes: Iterable<PageNode>;
}

/** @param whole the page is a web page, of which only the article is wanted. */
export function readPage(source: string, isWebPage: boolean): { text: string; title: string | undefined } {
  // The parser takes a part of a page for a page without a body.
  const html = /<(?:html|body)[\s>]/i.test(source) ? source : `<html><body>${source}</body></html>`;
  const { document } = parseHTML(html);
  const titled = document.title || document.querySelector('title')?.textContent || '';
  const title = titled.trim().slice(0, 200) || undefined;
  const all = markdownOf((document.body ?? document.documentElement) as unknown as PageNode | null);
  if (!isWebPage) return { text: all, title };
  const article = new Readability(parseHTML(html).document as unknown as ConstructorParameters<typeof Readability>[0], {
    charThreshold: 100,
  }).parse();
  if (article?.content == null) return { text: all, title };
  const read = markdownOf(parseHTML(`<html><body>${article.content}</body></html>`).document.body as unknown as PageNode);
  return { text: read.length < all.length * leastShare ? all : read, title: article.title?.trim().slice(0, 200) || title };
}

function markdownOf(root: PageNode | null): string {
  if (root === null) return '';
  const lines: string[] = [''];
  const write = (text: string) => {
    lines[lines.length - 1] += text;
  };
  const end = () => {
    if (lines.at(-1) !== '') lines.push('');
  };
  const walk = (node: PageNode, inPre: boolean): void => {
    if (node.nodeType === 3) {
      const text = node.textContent ?? '';
      if (inPre) for (const [at, line] of text.split('\n').entries()) at === 0 ? write(line) : lines.push(line);
      else write(text.replace(/\s+/g, ' '));
      return;
    }
    const name = node.nodeName.toLowerCase();
    if (node.nodeType !== 1 || hidden.has(name)) return;
    if (name === 'br') {
      lines.push('');
      return;
    }
    const isBlock = blocks.has(name);
    if (isBlock) end();
    const level = /^h([1-6])$/.exec(name)?.[1];
    if (level !== undefined) {
      write(`${'#'.repeat(Number(level))} ${(node.textContent ?? '').replace(/\s+/g, ' ').trim()}`);
    } else {
      if (name === 'li') write('- ');
      if (name === 'pre') lines.push('```', '');
      for (const child of node.childNodes) walk(child, inPre || name === 'pre');
      if (name === 'pre') lines.push('```');
      if (name === 'td' || name === 'th') write(' | ');
    }
    if (isBlock) end();
    // Prose is told apart by an empty line; rows and items stay together.
    if (['p', 'table', 'ul', 'ol', 'pre', 'blockquote', 'div', 'section'].includes(name) || level !== undefined) lines.push('');
  };
  walk(root, false);
  return lines
    .map((line) => line.trimEnd().replace(/^ (?=\S)/, ''))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
