/** A prompt of an editor as a message: text as it is, files that it names or holds behind it, pictures as parts. */
import { isAbsolute, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ContentBlock } from '@agentclientprotocol/sdk';
import type { Language } from '../language/contract.ts';
import type { ApiClient } from './api-client.ts';
import { expanded } from './code-extensions.ts';
import { MessageFiles, NotTaken } from './code-mentions.ts';
import type { SentText } from './code-turn.ts';
import { sentence } from './code-words.ts';

/** @throws NotTaken */
export async function messageFor(
  client: ApiClient,
  conversation: string,
  root: string,
  blocks: readonly ContentBlock[],
  language: Language,
): Promise<SentText> {
  const files = new MessageFiles(client, conversation);
  const said: string[] = [];
  const named: string[] = [];
  for (const each of blocks) {
    const block = said.length === 0 && each.type === 'text' ? { ...each, text: await expanded(client, each.text) } : each;
    switch (block.type) {
      case 'text':
        said.push(block.text);
        named.push(block.text);
        break;
      case 'resource_link': {
        const path = pathIn(root, block.uri);
        if (path === undefined) said.push(`[${block.name}: ${block.uri}]`);
        else {
          said.push(`@${path}`);
          await files.add(path);
        }
        break;
      }
      case 'resource': {
        const { resource } = block;
        const name = pathIn(root, resource.uri) ?? resource.uri;
        if ('text' in resource) {
          said.push(`@${name}`);
          await files.addText(name, resource.text);
        } else await files.addPicture(name, resource.blob);
        break;
      }
      case 'image':
        await files.addPicture(block.uri ?? '', block.data);
        break;
      default:
        throw new NotTaken(sentence(language, 'notTaken', { what: block.type }));
    }
  }
  // What is named in the words, as in a terminal.
  const text = said.join(' ').trim();
  for (const each of named) await files.addNamed(each);
  if (text === '' && files.pictures === 0) throw new NotTaken(sentence(language, 'emptyPrompt'));
  return files.message(text);
}

/** The path in the project that an address leads to. */
function pathIn(root: string, uri: string): string | undefined {
  let path: string;
  try {
    path = uri.startsWith('file:') ? fileURLToPath(uri.replace(/[?#].*$/, '')) : uri;
  } catch {
    return undefined;
  }
  if (!isAbsolute(path)) return undefined;
  const inside = relative(root, path);
  return inside === '' || inside.startsWith('..') || isAbsolute(inside) ? undefined : inside;
}
