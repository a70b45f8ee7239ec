/** Tools as servers describe them, within bounds, and with a hash that names the whole description. */
import { createHash } from 'node:crypto';
import type { Tool } from '@modelcontextprotocol/client';
import { canonicalJson } from '../canonical-json.ts';
import type { JsonObject } from '../vocabulary.ts';
import type { McpTool } from './contract.ts';
import { plainText } from './text.ts';

/** What is listed of one server. */
const mostTools = 1_000;
const mostDescription = 4_000;
/** Characters of a schema: a longer one is none that a model could follow. */
const mostSchema = 100_000;

/** @returns by name; those that nobody could call are left out */
export function toolsFrom(listed: readonly Tool[]): ReadonlyMap<string, McpTool> {
  const tools = new Map<string, McpTool>();
  for (const tool of listed) {
    // A name stands in questions and in prompts.
    if (tools.size >= mostTools || !/^[\w.\-/]{1,128}$/.test(tool.name) || tools.has(tool.name)) continue;
    const schema = canonicalJson(tool.inputSchema);
    if (schema.length > mostSchema) continue;
    const { readOnlyHint = false, idempotentHint = false, destructiveHint } = tool.annotations ?? {};
    const title = plainText(tool.title ?? tool.annotations?.title, 200);
    tools.set(tool.name, {
      name: tool.name,
      ...(title === '' ? {} : { title }),
      description: plainText(tool.description, mostDescription),
      inputSchema: JSON.parse(schema) as JsonObject,
      readOnly: readOnlyHint && destructiveHint !== true,
      repeatable: readOnlyHint || idempotentHint,
      definition: definitionOf(tool),
    });
  }
  return tools;
}

/** All that the server says of the tool, whether it is shown or not: icons and private remarks do not count. */
function definitionOf({ name, title, description, inputSchema, outputSchema, annotations }: Tool): string {
  const whole = canonicalJson({ name, title, description, inputSchema, outputSchema, annotations });
  return createHash('sha256').update(whole).digest('hex').slice(0, 32);
}
