/** A setting of git, and the file that it is from: `system`, `global`, `local`, `worktree`, `command`. */
export interface ConfigEntry {
  scope: string;
  /** As git prints it: section and name in lower case, the part between as it is. */
  key: string;
  value: string;
}

/** Reads the output of `git config --list --show-scope -z`. */
export function parseConfig(text: string): ConfigEntry[] {
  const fields = text.split('\0');
  const entries: ConfigEntry[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [scope = '', entry = ''] = [fields[at], fields[at + 1]];
    const end = entry.indexOf('\n');
    entries.push({ scope, key: end < 0 ? entry : entry.slice(0, end), value: end < 0 ? 'true' : entry.slice(end + 1) });
  }
  return entries;
}

/** Holds whatever the settings of the user and the repository say. */
const fixed: readonly [string, string][] = [
  ['core.fsmonitor', 'false'],
  ['core.pager', 'cat'],
  ['core.editor', 'false'],
  ['core.askPass', 'false'],
  ['core.sshCommand', 'false'],
  ['core.gitProxy', ''],
  ['core.alternateRefsCommand', 'false'],
  ['diff.ignoreSubmodules', 'dirty'],
  ['diff.submodule', 'short'],
  ['status.submoduleSummary', 'false'],
  ['submodule.recurse', 'false'],
  ['interactive.diffFilter', ''],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['protocol.allow', 'never'],
  ['safe.bareRepository', 'explicit'],
  ['log.showSignature', 'false'],
  ['color.ui', 'false'],
  ['core.quotePath', 'false'],
  ['i18n.commitEncoding', 'UTF-8'],
  ['i18n.logOutputEncoding', 'UTF-8'],
];

/**
 * Names of settings that start a program. A repository's own are emptied, or get the value that the user's settings give. `submodule.*.update` and
 * `submodule.*.ignore` make git look into a submodule, whose settings nobody has checked.
 */
const starts =
  /^(alias\.|pager\.|credential\.|hook\.|man\.|browser\.|web\.browser|tar\.|sendemail\.|imap\.|sequence\.editor|gc\..*hook|uploadpack\.|receive\.)|(command|cmd|program|helper|driver|textconv|clean|smudge|process|editor|pager|hook|hookspath|proxy|askpass|sshcommand|tunnel|external|packobjectshook|uploadpack|receivepack|vcs|fsmonitor|filter|insteadof|attributesfile)$|^submodule\..*\.(update|ignore)$/i;
const neededFilter = /^filter\..*\.required$/i;

/**
 * The settings to run git with.
 * @param hooks whether the repository's hooks may run
 * @param submodules names of those that `.gitmodules` lists: it may say that their state is looked at
 */
export function harmlessConfig(
  entries: readonly ConfigEntry[],
  hooks: boolean,
  submodules: readonly string[],
): Map<string, string> {
  const own = new Map<string, string>();
  for (const { scope, key, value } of entries) if (scope === 'system' || scope === 'global') own.set(key, value);
  const settings = new Map<string, string>();
  for (const { scope, key } of entries) {
    if (scope === 'system' || scope === 'global') continue;
    if (hooks && key === 'core.hookspath') continue;
    if (neededFilter.test(key)) settings.set(key, own.get(key) ?? 'false');
    else if (/^submodule\..*\.ignore$/i.test(key)) settings.set(key, 'dirty');
    else if (starts.test(key)) settings.set(key, own.get(key) ?? '');
  }
  for (const [key, value] of fixed) {
    settings.delete(key.toLowerCase());
    settings.set(key, value);
  }
  for (const name of submodules) settings.set(`submodule.${name}.ignore`, 'dirty');
  if (!hooks) settings.set('core.hooksPath', '/dev/null');
  return settings;
}
