/** Names of artifacts: what a sender wrote, made safe as the name of a file. */

const longest = 120;

/** Characters that some file system refuses, that hide, or that turn the direction of text round (U+202E makes "exe.pdf" of "fdp.exe"). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
const unsafe = /[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"*:<>?|]/g;

/** Names that Windows takes for devices. */
const devices = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** @param extension of the content, without a dot: for a name of which nothing is left. */
export function safeName(asked: string, extension: string): string {
  const last = asked.toWellFormed().normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const name = last
    .replace(unsafe, '')
    .replace(/\s+/g, ' ')
    .replace(/^[\s.]+|[\s.]+$/g, '');
  if (name === '') return `file.${extension}`;
  return shortened(devices.test(name) ? `_${name}` : name);
}

function shortened(name: string): string {
  if (name.length <= longest) return name;
  const suffix = /\.[A-Za-z0-9]{1,10}$/.exec(name)?.[0] ?? '';
  return `${name
    .slice(0, longest - suffix.length)
    .toWellFormed()
    .trimEnd()}${suffix}`;
}

/** Value of the header that has browsers save the content, not show it (RFC 6266, RFC 8187). */
export function contentDisposition(name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  if (ascii === name) return `attachment; filename="${name}"`;
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
