/** Files that a message names with `@`: what they say goes with it, read through the same jail as everything else. */
import type { ApiClient } from './api-client.ts';
import { coderPath } from './code-server.ts';

/** Characters of files that one message takes; a longer file is for the assistant to read. */
const mostText = 9_000;

/** The message, with the files that it names behind it. A word that names no file stays a word. */
export async function withFiles(client: ApiClient, text: string): Promise<string> {
  const named = new Set(
    [...text.matchAll(/(?:^|\s)@(?:"([^"]+)"|([\w./-]*[\w/]))/g)].map(([, quoted, plain]) => quoted ?? plain ?? ''),
  );
  const parts: string[] = [];
  let left = mostText;
  for (const path of named) {
    const file = await client
      .get<{ text: string | null }>(`${coderPath}/files?path=${encodeURIComponent(path)}`)
      .catch(() => undefined);
    if (file === undefined || file.text === null) continue;
    if (file.text.length > left) {
      parts.push(`[${path} is a file of the project; read it.]`);
      continue;
    }
    left -= file.text.length;
    const longest = Math.max(2, ...[...file.text.matchAll(/`{3,}/g)].map(([run]) => run.length));
    const fence = '`'.repeat(longest + 1);
    parts.push(`${path}:\n${fence}\n${file.text.replace(/\n$/, '')}\n${fence}`);
  }
  return [text, ...parts].join('\n\n');
}
