import { isGitName, isSecretPath } from '../../../src/files.ts';
import type { PathFault } from './contract.ts';

/** Bytes of a name and of a whole path; what common file systems hold, with room for the folder of the project. */
const mostNameBytes = 200;
const mostPathBytes = 900;
const mostDepth = 40;

/** Characters that are seen as a division of folders, though they are none. */
const falseSlashes = /[\u2044\u2215\u29f8\uff0f\u2216\uff3c\u29f5\u29f9\u244a\ufe68]/;
/** Characters that a screen or a file system leaves out, and the halves of pairs, which have no bytes of their own. */
const unseen = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\ufffd]/u;
const blankEnd = /[\p{Z}.]$/u;
/** Devices of Windows; an ending or a blank after them changes nothing. */
const deviceName = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$|clock\$)[ ]*(?:[.:]|$)/i;

/**
 * Why a path can be no path of a generated file, by its characters alone; `undefined` where nothing speaks against it. What a path means differs between file
 * systems: one that any of them takes for something else is refused.
 * @param known whether the project has a file of that very path; control characters are bearable then
 */
export function pathFault(path: string, known = false): PathFault {
  const shown = shownPath(path);
  if (path === '') return 'A path is empty. Name a file, relative to the project.';
  if (path.includes('\0')) return `${shown} has a NUL character. Leave it out.`;
  if (/^[/\\]/.test(path) || /^[a-z]:/i.test(path))
    return `${shown} is absolute. Give a path relative to the project, such as src/main.py.`;
  if (path.includes('\\')) return `${shown} has a backslash. Divide folders by "/".`;
  if (/%[0-9a-f]{2}/i.test(path)) return `${shown} has a percent escape. Write the character itself.`;
  if (falseSlashes.test(path)) return `${shown} has a character that looks like a slash. Divide folders by "/".`;
  if (unseen.test(path)) return `${shown} has characters that cannot be seen. Leave them out.`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (!known && /[\u0000-\u001f\u007f-\u009f]/.test(path)) return `${shown} has control characters. Leave them out.`;
  if (Buffer.byteLength(path) > mostPathBytes) return `${shown} is longer than ${mostPathBytes} bytes. Take shorter names.`;
  const names = path.split('/');
  if (names.length > mostDepth) return `${shown} lies deeper than ${mostDepth} folders. Put it higher.`;
  for (const name of names) {
    const fault = nameFault(name, shown);
    if (fault !== undefined) return fault;
  }
  if (names[0]?.startsWith('~') === true)
    return `${shown} begins with "~", which stands for a home folder. Give a path relative to the project.`;
  if (names.some(isGitName)) return `${shown} belongs to git. Its files are not written.`;
  if (plain(names.at(-1) ?? '') === '.gitmodules')
    return `${shown} says what submodules there are. A person changes it, by git submodule.`;
  if (isSecretPath(path))
    return `${shown} is a file for secrets. Those are not written; use an example without values, such as .env.example.`;
  return undefined;
}

function nameFault(name: string, shown: string): PathFault {
  if (name === '') return `${shown} has an empty name in it. Write single slashes, and none at the end.`;
  const folded = name.normalize('NFKC');
  if (folded === '.' || folded === '..') return `${shown} goes by "${folded}". Write the path from the project's folder on.`;
  if (/[/\\]/.test(folded)) return `${shown} has a character that stands for a slash. Divide folders by "/".`;
  if (/:/.test(folded)) return `${shown} has a colon, which names a drive or a stream. Leave it out.`;
  if (blankEnd.test(name) || blankEnd.test(folded)) return `${shown} has a name that ends in a dot or a blank. Leave it out.`;
  if (/~[0-9]+(?:\.|$)/.test(folded))
    return `${shown} has a name that Windows takes for the short form of another. Take the long one.`;
  if (deviceName.test(folded)) return `${shown} has a name that Windows keeps for a device. Take another one.`;
  if (/^\.timonel-/i.test(folded)) return `${shown} has a name that is kept for files on their way. Take another one.`;
  if (Buffer.byteLength(name) > mostNameBytes) return `${shown} has a name longer than ${mostNameBytes} bytes. Take a shorter one.`;
  return undefined;
}

/** What two paths share that a file system could take for one. */
export function plain(path: string): string {
  return path.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');
}

/** A path as a person can be shown it: bounded, without what a terminal acts on. */
export function shownPath(path: string): string {
  const short = path.length > 120 ? `${path.slice(0, 100)}…` : path;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is escaped
  return `"${short.replace(/[\u0000-\u001f\u007f-\u009f\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)}"`;
}
