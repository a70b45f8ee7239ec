/**
 * What agents cannot do for a client. A parameter that asks for another kind of answer is refused, since ignoring it would break what the
 * client does with the answer; one that tunes a model (temperature, top_p, seed, penalties, reasoning) is ignored: the agent has its own.
 */
import type { RequestBody } from '../../llm/protocols/contract.ts';
import { refusedParameter } from './agent-request.ts';

/** @throws TimonelError `invalid_request` that names the parameter */
export function refuseParameters(body: RequestBody): void {
  for (const [param, refuses] of Object.entries(refusals)) {
    const value = body[param];
    const because = value === undefined || value === null ? undefined : refuses(value);
    if (because !== undefined) throw refusedParameter(param, `"${param}": ${because}`);
  }
}

/** Why a value is refused; `undefined` where it is taken or ignored. */
type Refusal = (value: unknown) => string | undefined;

const ownTools = 'an agent has its own tools. Leave it out, or name a model instead of an agent.';
const plainText = 'an agent answers in text. Leave it out, or name a model instead of an agent.';

const limit: Refusal = (value) =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 ? undefined : 'must be a whole number above 0.';
const noList =
  (because: string): Refusal =>
  (value) =>
    Array.isArray(value) && value.length === 0 ? undefined : because;
const unless =
  (because: string, ...taken: unknown[]): Refusal =>
  (value) =>
    taken.includes(value) ? undefined : because;
/** `{"type": "text"}` is what happens anyway. */
const format: Refusal = (value) => ((value as { type?: unknown }).type === 'text' ? undefined : plainText);
const formatWithin: Refusal = (value) => {
  const inner = (value as { format?: unknown }).format;
  return inner === undefined || inner === null ? undefined : format(inner);
};
/** `auto` and `none` ask for nothing where there are no tools. */
const choice: Refusal = (value) => {
  const type = typeof value === 'object' ? (value as { type?: unknown }).type : value;
  return type === 'auto' || type === 'none' ? undefined : ownTools;
};

const refusals: Readonly<Record<string, Refusal>> = {
  n: unless('an agent gives one answer.', 1),
  tools: noList(ownTools),
  functions: noList(ownTools),
  mcp_servers: noList(ownTools),
  tool_choice: choice,
  function_call: choice,
  response_format: format,
  output_format: format,
  output_config: formatWithin,
  text: formatWithin,
  modalities: (value) => (JSON.stringify(value) === '["text"]' ? undefined : plainText),
  audio: () => plainText,
  logprobs: unless('an agent tells no probabilities.', false),
  top_logprobs: unless('an agent tells no probabilities.', 0),
  stop: noList('a reply of an agent is not cut.'),
  stop_sequences: noList('a reply of an agent is not cut.'),
  background: unless(
    'an agent answers on the same request. Leave it out; POST /api/v1/conversations/:id/messages does not wait forever.',
    false,
  ),
  prompt: () => 'an agent has its own prompt.',
  max_tokens: limit,
  max_completion_tokens: limit,
  max_output_tokens: limit,
};
