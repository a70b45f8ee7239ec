import { TimonelError } from '../errors.ts';
import type { OpenConnection, OutgoingContent, TemplateEntry, TemplateUse } from './contract.ts';

/**
 * The entry of the registry for a template, and its parameters in the order of the placeholders.
 * @throws TimonelError `template_unknown` where the registry has no such template, or the parameters are not its own
 */
export function templateOf(connection: OpenConnection, use: TemplateUse): { entry: TemplateEntry; values: string[] } {
  const { templates } = connection.settings;
  const entry = templates.find(
    ({ name, language }) => name === use.name && (use.language === undefined || use.language === language),
  );
  if (entry === undefined) {
    const known = templates.map(({ name, language }) => `${name} (${language})`).join(', ') || 'none';
    throw new TimonelError(
      'template_unknown',
      `The connection "${connection.name}" has no template "${use.name}"${use.language === undefined ? '' : ` in ${use.language}`}. It has: ${known}.`,
    );
  }
  const given = use.parameters ?? {};
  const missing = entry.parameters.filter((name) => given[name] === undefined);
  const strange = Object.keys(given).filter((name) => !entry.parameters.includes(name));
  if (missing.length > 0 || strange.length > 0) {
    throw new TimonelError(
      'template_unknown',
      `The template "${entry.name}" takes the parameters ${entry.parameters.join(', ') || 'none'}; missing: ${missing.join(', ') || 'none'}, not its own: ${strange.join(', ') || 'none'}.`,
    );
  }
  return { entry, values: entry.parameters.map((name) => parameterText(given[name] ?? '')) };
}

/** How a template reads with its parameters; its name with the values where the registry has no text of it. */
export function templateText({ name, text, parameters }: TemplateEntry, values: readonly string[]): string {
  if (text === undefined) return [`[${name}]`, ...values].join(' · ');
  return parameters.reduce((whole, parameter, at) => whole.replaceAll(`{{${parameter}}}`, values[at] ?? ''), text);
}

/** What a placeholder takes: one line, not empty. Providers refuse line breaks, tabs and runs of spaces. */
function parameterText(text: string): string {
  const line = text.toWellFormed().replaceAll('\0', '').replace(/\s+/g, ' ').trim();
  return line === '' ? '-' : line.length > 600 ? `${line.slice(0, 599).toWellFormed()}…` : line;
}

/** The template that takes the place of a free text outside of the window; `undefined` where the registry names none. */
export function reopeningTemplate(
  connection: OpenConnection,
  content: OutgoingContent,
  name: string | undefined,
): TemplateUse | undefined {
  const entry = connection.settings.templates.find(({ reopens }) => reopens === true);
  if (entry === undefined) return undefined;
  const values: Record<string, string> = { name: name ?? '', text: content.text };
  if (entry.parameters.some((parameter) => values[parameter] === undefined)) return undefined;
  return {
    name: entry.name,
    language: entry.language,
    parameters: Object.fromEntries(entry.parameters.map((parameter) => [parameter, values[parameter] ?? ''])),
  };
}
