/**
 * Settings of the assistant from two files: the user's `settings.json`, which is trusted, and `.timonel/settings.json` of the project, which was written by
 * others. Here only the file as a whole is checked; each section is read by the part that it belongs to.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { PathRefused, type ProjectFiles } from '../../src/files.ts';

/** Whose words it is: `user`'s are trusted, those of a `project` are not. */
export type SettingsOrigin = 'user' | 'project';

/** Folder of a project with its settings, commands and skills. */
export const projectFolder = '.timonel';

/** Bytes of a file of settings. */
const mostBytes = 256 * 1024;

const sections = z.strictObject({
  /** For editors. */
  $schema: z.string().optional(),
  /** Read by the MCP client: servers by name. */
  mcpServers: z.unknown().optional(),
  /** Read by the hooks: what runs around tools. */
  hooks: z.unknown().optional(),
});
const known = Object.keys(sections.shape).filter((name) => !name.startsWith('$'));

export interface SettingsFile {
  origin: SettingsOrigin;
  /** As it is shown: absolute for the user's, relative to the project for its own. */
  path: string;
  /** Lower-case hexadecimal SHA-256 of the file: the same as long as nothing in it changes. */
  hash: string;
  mcpServers?: unknown;
  hooks?: unknown;
}

/** A file, or a section of it, that cannot be used. */
export interface SettingsFault {
  origin: SettingsOrigin;
  path: string;
  /** What is wrong, and what would work. */
  message: string;
}

export interface CoderSettings {
  /** Files that are there and can be used, the user's first. */
  files: readonly SettingsFile[];
  faults: readonly SettingsFault[];
}

/**
 * Reads both files as they are now; one that is not there is no fault. Never throws for what is in them.
 * @param userFolder absolute path of the user's folder; nothing of the user's is read where it is absent
 */
export async function readCoderSettings(files: ProjectFiles, userFolder: string | undefined): Promise<CoderSettings> {
  const read = await Promise.all([
    ...(userFolder === undefined ? [] : [ofUser(join(userFolder, 'settings.json'))]),
    ofProject(files, `${projectFolder}/settings.json`),
  ]);
  const there = read.filter((each) => each !== undefined);
  return {
    files: there.flatMap((each) => ('message' in each ? [] : [each])),
    faults: there.flatMap((each) => ('message' in each ? [each] : [])),
  };
}

async function ofUser(path: string): Promise<SettingsFile | SettingsFault | undefined> {
  try {
    const bytes = await readFile(path);
    if (bytes.byteLength > mostBytes) return { origin: 'user', path, message: tooLarge };
    return parse('user', path, bytes.toString('utf8'));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    return { origin: 'user', path, message: `It cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** Through the jail: a link that leads out of the project is not followed. */
async function ofProject(files: ProjectFiles, path: string): Promise<SettingsFile | SettingsFault | undefined> {
  try {
    const { text, bytes, encoding } = await files.read(path);
    if (bytes > mostBytes) return { origin: 'project', path, message: tooLarge };
    if (encoding === 'binary') return { origin: 'project', path, message: 'It is no text. Write JSON in UTF-8.' };
    return parse('project', path, text);
  } catch (error) {
    if (!(error instanceof PathRefused)) throw error;
    return error.refusal === 'missing' ? undefined : { origin: 'project', path, message: error.message };
  }
}

const tooLarge = `It has more than ${mostBytes} bytes.`;

function parse(origin: SettingsOrigin, path: string, text: string): SettingsFile | SettingsFault {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { origin, path, message: `It is no JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  const parsed = sections.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const message =
      issue?.code === 'unrecognized_keys'
        ? `It has ${issue.keys.map((key) => `"${key}"`).join(', ')}. There are ${known.join(', ')}.`
        : `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'It is no object.'}`.replace(/^: /, '');
    return { origin, path, message };
  }
  const { mcpServers, hooks } = parsed.data;
  return {
    origin,
    path,
    hash: createHash('sha256').update(text).digest('hex'),
    ...(mcpServers === undefined ? {} : { mcpServers }),
    ...(hooks === undefined ? {} : { hooks }),
  };
}
