/** What roles are told: the request, their task, and files as data. */
import type { Analysis, Generation, GenerationTask } from '../contract.ts';
import type { ChangedFiles, ProjectTree } from '../project/contract.ts';

const longestFile = 20_000;
const longestData = 60_000;

/** Data of others, which ends at a mark that it cannot hold. */
export function asData(what: string, text: string): string {
  const mark = text.includes('</data>') ? text.replaceAll('</data>', '<\\/data>') : text;
  return `<data about="${what.replaceAll('"', "'")}">\n${mark}\n</data>`;
}

export function filesAsData(files: readonly { path: string; text: string }[]): string {
  let left = longestData;
  return files
    .map(({ path, text }) => {
      const shown = text.slice(0, Math.min(longestFile, left));
      left -= shown.length;
      return asData(`the file ${path}`, shown.length < text.length ? `${shown}\n[cut]` : shown);
    })
    .join('\n\n');
}

export async function textAt(tree: ProjectTree, path: string): Promise<string | undefined> {
  try {
    const bytes = await tree.read(path);
    return bytes.includes(0) ? undefined : Buffer.from(bytes).toString('utf8');
  } catch {
    return undefined;
  }
}

export function textsOf(changes: ChangedFiles): { path: string; text: string }[] {
  return Object.entries(changes).flatMap(([path, change]) =>
    change === null ? [] : [{ path, text: Buffer.from(change.content).toString('utf8') }],
  );
}

export function requestPart({ request, language }: Pick<Generation, 'request' | 'language'>): string {
  return `The request (in ${language === 'es' ? 'Spanish' : 'English'}; names in code and remarks as the project has them):\n${request}`;
}

export function analysisPart({ kind, language, file }: Analysis): string {
  return `It asks for: ${kind}, in ${language}${file === undefined ? '' : `, e.g. as ${file}`}.`;
}

export function taskPart({ id, kind, description, files }: GenerationTask): string {
  const named = files.map(({ path, action }) => `- ${path} (${action})`).join('\n');
  return `Your task "${id}" (${kind}): ${description}\n\nThe files of the task:\n${named}`;
}
