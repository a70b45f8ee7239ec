/** The widget as browsers load it: its modules in one script. There is no build step, and nothing in it to be built. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export interface WidgetScript {
  text: string;
  /** Strong, of the content. */
  etag: string;
}

/** Each after those that it imports from. */
const modules = ['words', 'styles', 'event-stream', 'wire', 'view', 'chat'];

let made: WidgetScript | undefined;

/** Read once a process. */
export function widgetScript(): WidgetScript {
  made ??= make();
  return made;
}

function make(): WidgetScript {
  const bodies = modules.map((name) => {
    const source = readFileSync(new URL(`./widget/${name}.js`, import.meta.url), 'utf8');
    return source.replaceAll(/^import [^;]+;\n/gm, '').replaceAll(/^export /gm, '');
  });
  const text = `/* Timonel web chat, Apache-2.0 */\n(() => {\n'use strict';\n${bodies.join('\n')}})();\n`;
  return { text, etag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"` };
}
