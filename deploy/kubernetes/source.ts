/**
 * Where the objects take their values from: from real ones, which gives manifests, or from holes, which gives the templates of the chart. The objects
 * are written once, as functions of a source.
 */
import { createHash } from 'node:crypto';
import type { Values } from './values.ts';

export interface Source {
  /** Name of the installation: of the release in Helm. */
  name: string;
  namespace: string;
  value<T>(pick: (values: Values) => T): T;
  /** Fields that are not there where a condition holds. */
  unless<T extends object>(condition: (values: Values) => boolean, fields: T): T | Record<never, never>;
  /** The content of a file of rules or dashboards, which the chart has in a folder of its own. */
  file<T>(path: string, form: 'yaml' | 'json', content: () => T): T;
  /** Entries of a list that are there only under a condition. */
  when<T>(condition: (values: Values) => boolean, entry: T): T[];
  /** A checksum of a value: pods that carry it are replaced when it changes. */
  sum(pick: (values: Values) => unknown): string;
}

/** The source of manifests. */
export function realSource(values: Values, name: string, namespace: string): Source {
  return {
    name,
    namespace,
    value: (pick) => pick(values),
    unless: (condition, fields) => (condition(values) ? {} : fields),
    file: (_path, _form, content) => content(),
    when: (condition, entry) => (condition(values) ? [entry] : []),
    sum: (pick) =>
      createHash('sha256')
        .update(goJson(pick(values)))
        .digest('hex'),
  };
}

/** JSON as Helm's `toJson` writes it: keys in order, and three characters escaped. */
function goJson(value: unknown): string {
  const sorted = (each: unknown): unknown =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(
          Object.entries(each)
            .toSorted(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, inner]) => [key, sorted(inner)]),
        )
      : Array.isArray(each)
        ? each.map(sorted)
        : each;
  return JSON.stringify(sorted(value)).replaceAll(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}

/** How a hole is written, by what is in it. */
type Kind = 'text' | 'plain' | 'block' | 'yaml' | 'json';

const open = '⟦';
const close = '⟧';

/**
 * The source of templates. A hole is a string in the place of its value, whatever type that has: `fillTemplate` turns it into an expression of Helm.
 * @param defaults say what kind of value each one is
 */
export function templateSource(defaults: Values): Source {
  const path = (pick: (values: Values) => unknown): string => {
    const names: string[] = [];
    const recorder: object = new Proxy(
      {},
      {
        get: (_, name) => {
          names.push(String(name));
          return recorder;
        },
      },
    );
    pick(recorder as Values);
    return `.Values.${names.join('.')}`;
  };
  const hole = (pick: (values: Values) => unknown): string => `${open}${kindOf(pick(defaults))} ${path(pick)}${close}`;
  return {
    name: `${open}text .Release.Name${close}`,
    namespace: `${open}text .Release.Namespace${close}`,
    value: <T>(pick: (values: Values) => T) => hole(pick) as T,
    unless: <T extends object>(condition: (values: Values) => boolean, fields: T) =>
      Object.fromEntries(
        Object.entries(fields).map(([key, value]) => [key, `${open}unless ${path(condition)}${close}${String(value)}`]),
      ),
    file: <T>(name: string, form: 'yaml' | 'json') => `${open}${form} .Files.Get "files/${name}"${close}` as T,
    when: <T>(condition: (values: Values) => boolean, entry: T) =>
      [`${open}begin ${path(condition)}${close}`, entry, `${open}end${close}`] as T[],
    sum: (pick) => `${open}text ${path(pick)} | toJson | sha256sum${close}`,
  };
}

function kindOf(value: unknown): Kind {
  if (typeof value === 'string') return 'text';
  return typeof value === 'object' ? 'block' : 'plain';
}

/** YAML with holes as a template of Helm. @throws Error where a hole stands in a place that no expression fits */
export function fillTemplate(yaml: string): string {
  const lines = yaml.split('\n').flatMap((line) => {
    const bracket = /^( *)- ⟦(?:begin ([^⟧]+)|end)⟧$/.exec(line);
    if (bracket !== null) return [`${bracket[1]}{{- ${bracket[2] === undefined ? 'end' : `if ${bracket[2]}`} }}`];
    const condition = /⟦unless ([^⟧]+)⟧/.exec(line);
    if (condition === null) return [filled(line)];
    const indent = /^ */.exec(line)?.[0] ?? '';
    return [`${indent}{{- if not ${condition[1]} }}`, filled(line.replace(condition[0], '')), `${indent}{{- end }}`];
  });
  const text = lines.join('\n');
  if (text.includes(open) || text.includes(close)) throw new Error(`A hole was left:\n${text}`);
  return text;
}

function filled(line: string): string {
  const indent = /^ */.exec(line.replace(/^( *)- /, '$1  '))?.[0].length ?? 0;
  return line
    .replace(/^(.*[:-]) "?⟦(\w+) ([^⟧]+)⟧"?$/, (_, before: string, kind: Kind, expression: string) => {
      if (kind === 'yaml') return `${before} {{- ${expression} | nindent ${indent + 2} }}`;
      if (kind === 'json') return `${before} {{ ${expression} | toJson }}`;
      if (kind === 'block') return `${before} {{- toYaml ${expression} | nindent ${indent + 2} }}`;
      return `${before} {{ ${expression}${kind === 'text' ? ' | quote' : ''} }}`;
    })
    .replaceAll(/⟦(?:text|plain) ([^⟧]+)⟧/g, '{{ $1 }}');
}
