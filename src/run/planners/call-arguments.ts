/** The arguments of a call as a model writes them: a text, which need not be the JSON object that it should be. */
import type { AnyTool } from '../../tools/contract.ts';
import type { JsonObject } from '../../vocabulary.ts';

/** Longer arguments are not read. */
export const longestArguments = 262_144;
/** What JSON is read by recursion later on has a stack to keep. */
const deepest = 100;
/** Part of what a model wrote that it is shown again. */
const shownCharacters = 200;

export interface ReadArguments {
  args: JsonObject;
  malformed?: string;
}

/**
 * Reads the arguments of a call. Nothing at all is `{}`, as providers mean it for tools without arguments.
 * @returns with `malformed`, a sentence for the model, where they are no JSON object: such a call is not made.
 */
export function readArguments(written: string): ReadArguments {
  if (written.trim() === '') return { args: {} };
  if (written.length > longestArguments)
    return refused(`They are ${written.length} characters long, and at most ${longestArguments} are taken.`);
  let value: unknown;
  try {
    value = JSON.parse(written);
  } catch {
    return refused(`They are not valid JSON, perhaps cut off: ${shown(written)}.`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refused(`They are ${kindOf(value)}: ${shown(written)}.`);
  if (isDeeper(value, deepest)) return refused(`They are nested deeper than ${deepest} levels.`);
  return { args: value as JsonObject };
}

/** What would have worked, for the model. */
export function expectedArguments(tool: AnyTool): string {
  const { properties = {}, required = [] } = schemaOf(tool);
  const members = Object.keys(properties).map((name) => (required.includes(name) ? `"${name}"` : `"${name}" (optional)`));
  if (members.length === 0) return 'Send {}.';
  return `Send one JSON object with ${members.slice(0, 30).join(', ')}.`;
}

function schemaOf(tool: AnyTool): { properties?: object; required?: readonly string[] } {
  const { shape } = tool.input as { shape?: Record<string, { safeParse(value: unknown): { success: boolean } }> };
  if (shape === undefined) return {};
  const required = Object.entries(shape).flatMap(([name, member]) => (member.safeParse(undefined).success ? [] : [name]));
  return { properties: shape, required };
}

function refused(why: string): ReadArguments {
  return { args: {}, malformed: why };
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'string' ? 'a text; send the object itself, not a text with it' : `a ${typeof value}`;
}

/** In quotes, which also shows characters that cannot be seen. */
function shown(written: string): string {
  const part = written.slice(0, shownCharacters).toWellFormed();
  return `${JSON.stringify(part)}${part.length < written.length ? ` and ${written.length - part.length} more characters` : ''}`;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  return Object.values(value).some((each) => isDeeper(each, levels - 1));
}
