import type {
  LanguageModelV4Content,
  LanguageModelV4FunctionTool,
  LanguageModelV4Message,
  LanguageModelV4Prompt,
} from '@ai-sdk/provider';
import type { Artifacts } from '../../artifacts/artifacts.ts';
import { TimonelError } from '../../errors.ts';
import type { Gateway } from '../../llm/gateway.ts';
import { inputSchemaOf } from '../../tools/input-schema.ts';
import type { CallRecord } from '../../vocabulary.ts';
import type { AgentDefinition } from '../contract.ts';
import { spokenDate } from '../local-time.ts';
import type { ModelPlanner, Proposal, Turn } from '../planner.ts';
import { boundedContent, boundedText } from './bounded-content.ts';
import { readArguments } from './call-arguments.ts';
import { hasParts, ModelMessages, type UserContent } from './model-messages.ts';

type AssistantPart = Extract<LanguageModelV4Message, { role: 'assistant' }>['content'][number];

/**
 * Asks the agent's model: it sees the prompt, the history and the tools, and answers or calls tools.
 * @param artifacts what pictures and files of messages are read from.
 */
export function createModelPlanner(gateway: Gateway, artifacts: Pick<Artifacts, 'findOwn' | 'read'>): ModelPlanner {
  const messages = new ModelMessages(artifacts);
  const toolsOf = new WeakMap<AgentDefinition, LanguageModelV4FunctionTool[]>();
  return {
    serves: ({ run, agent }) => gateway.serves(run.workspaceId, agent.model),
    async propose(turn: Turn): Promise<Proposal> {
      const { run, agent } = turn;
      let tools = toolsOf.get(agent);
      if (tools === undefined) {
        tools = agent.tools.map((tool) => ({
          type: 'function',
          name: tool.name,
          description: tool.description,
          inputSchema: inputSchemaOf(tool) as LanguageModelV4FunctionTool['inputSchema'],
        }));
        toolsOf.set(agent, tools);
      }
      const started = performance.now();
      // Of most turns there is nothing but text.
      const shown = hasParts(run) ? await messages.shown(run, () => gateway.takes(run.workspaceId, agent.model)) : undefined;
      const answer = await gateway.ask({
        model: agent.model,
        spender: { workspaceId: run.workspaceId, agent: agent.name, runId: run.runId },
        prompt: promptOf(turn, shown?.contents),
        ...(shown === undefined ? {} : { media: shown.media }),
        tools,
        agentVersion: agent.version,
        signal: turn.signal,
        onText: boundedText(turn.onText),
      });
      const milliseconds = Math.round(performance.now() - started);
      const content = boundedContent(answer.content);
      const base = {
        kind: 'model-call' as const,
        model: answer.model,
        content,
        usage: answer.usage,
        finishReason: answer.finishReason,
        milliseconds,
        ...(answer.cost === undefined ? {} : { cost: answer.cost }),
      };
      const calls = content.flatMap((part) =>
        part.type === 'tool-call' ? [{ tool: part.toolName, ...readArguments(part.input), modelCallId: part.toolCallId }] : [],
      );
      if (calls.length > 0) return { kind: 'call', calls, step: (identified) => ({ ...base, calls: identified }) };
      const text = textOf(content);
      if (text === '')
        throw new TimonelError('model_unavailable', `The model ${base.model} answered nothing (${answer.finishReason}).`);
      return {
        kind: 'reply',
        reply: { text },
        // A model does not say whether it waits; a closing question does.
        outcome: /\?\s*$/.test(text) ? 'awaiting_input' : 'replied',
        step: { ...base, calls: [] },
      };
    },
  };
}

/** The conversation as the model is to see it. Tool results are data, never instructions: they travel as tool messages only. */
function promptOf(turn: Turn, contents?: ReadonlyMap<number, UserContent>): LanguageModelV4Prompt {
  const contact =
    turn.run.contact === undefined ? '' : `\nThe channel says about the contact: ${JSON.stringify(turn.run.contact)}.`;
  const prompt: LanguageModelV4Prompt = [
    {
      role: 'system',
      content: `${turn.agent.prompt}\n\nNow: ${spokenDate(turn.now, turn.run.timeZone)} (${turn.run.timeZone}). Channel: ${turn.run.channel}.${contact}`,
    },
    ...turn.run.history.map(
      ({ role, text, turn: number }): LanguageModelV4Message =>
        role === 'assistant'
          ? { role, content: [{ type: 'text', text }] }
          : { role, content: contents?.get(number) ?? [{ type: 'text', text }] },
    ),
    { role: 'user', content: contents?.get(turn.run.turn) ?? [{ type: 'text', text: turn.run.text }] },
  ];
  const results = new Map(turn.calls.map((call) => [call.callId, call]));
  for (const step of turn.steps) {
    if (step.kind !== 'model-call' || step.calls.length === 0) continue;
    prompt.push({
      role: 'assistant',
      content: step.content.flatMap((part): AssistantPart[] => {
        // Templates leave out what a model thought between tags, and so does what it is shown.
        if (part.type === 'reasoning' && part.providerMetadata?.['timonel'] !== undefined) return [];
        if (part.type === 'text' || part.type === 'reasoning') return [{ type: part.type, text: part.text, ...optionsOf(part) }];
        if (part.type !== 'tool-call') return [];
        return [
          {
            type: 'tool-call' as const,
            toolCallId: part.toolCallId,
            toolName: part.toolName,
            input: readArguments(part.input).args,
            ...optionsOf(part),
          },
        ];
      }),
    });
    prompt.push({
      role: 'tool',
      content: step.calls.map((call) => ({
        type: 'tool-result',
        toolCallId: call.modelCallId ?? call.callId,
        toolName: call.tool,
        output: resultOf(results.get(call.callId)),
      })),
    });
  }
  return prompt;
}

/** What a provider attached to its answer goes back to it: signatures of reasoning, for one. */
function optionsOf(part: LanguageModelV4Content) {
  return 'providerMetadata' in part && part.providerMetadata !== undefined ? { providerOptions: part.providerMetadata } : {};
}

function resultOf(call: CallRecord | undefined) {
  if (call === undefined) return { type: 'error-text' as const, value: 'The call has no result.' };
  if (call.status === 'completed') return { type: 'json' as const, value: call.output ?? null };
  const reason = call.reason === undefined ? '' : `: ${call.reason.en} / ${call.reason.es}`;
  return { type: 'error-text' as const, value: `${call.status}${call.rule === undefined ? '' : ` by rule ${call.rule}`}${reason}` };
}

function textOf(content: LanguageModelV4Content[]): string {
  return content
    .flatMap((part) => (part.type === 'text' ? [part.text] : []))
    .join('')
    .trim();
}
