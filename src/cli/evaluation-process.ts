/**
 * The program of a process that plays the cases of an evaluation: started by `src/evaluations/child-process.ts`, which says what it may do. It
 * talks to the process that started it, and to nothing else.
 */
// First: what is imported after it cannot connect to anything.
import '../evaluations/no-connections.ts';
import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4GenerateResult } from '@ai-sdk/provider';
import { messageOf } from '../errors.ts';
import type { ChildMessage, ModelReply, PlayOrder } from '../evaluations/contract.ts';
import { streamedParts } from '../llm/answers/streamed-parts.ts';
import type { ProjectConfig } from '../project.ts';
import { versionChanges, versionOf } from '../release/version.ts';
import { playCases, playSettings } from './play-cases.ts';
import { loadProject } from './project-file.ts';

const waiting = new Map<number, (reply: ModelReply) => void>();
let asked = 0;

/** Nobody waits for the results any more. */
process.on('disconnect', () => process.exit(1));
process.on('message', (message: PlayOrder | ModelReply) => {
  if (message.kind === 'play') {
    void play(message).then(
      () => end({ kind: 'done' }),
      (error: unknown) => end({ kind: 'refused', message: messageOf(error) }),
    );
    return;
  }
  waiting.get(message.id)?.(message);
  waiting.delete(message.id);
});

function say(message: ChildMessage): void {
  process.send?.(message);
}

function end(message: ChildMessage): void {
  process.send?.(message, () => process.exit());
}

async function play(order: PlayOrder): Promise<void> {
  const { TIMONEL_HOME: home = '', TIMONEL_CONFIG } = process.env;
  const settings = playSettings(home, {
    TIMONEL_ENV: 'test',
    TIMONEL_CONFIG,
    TIMONEL_LOG_LEVEL: 'silent',
    TIMONEL_TIME_ZONE: order.timeZone,
    OTEL_SDK_DISABLED: 'true',
  });
  const project = await loadProject(settings);
  const code = project.agents.find((each) => each.name === order.agent && each.version === order.codeVersion);
  const made = code === undefined ? undefined : versionOf(code, versionChanges.parse(order.changes));
  if (code === undefined || made?.version !== order.version)
    throw new Error(
      `A process of its own finds no ${order.agent} ${order.version} in this project${made === undefined ? '' : `, but ${made.version}`}. Name the project's timonel.config.ts in TIMONEL_CONFIG.`,
    );
  // Its model is the one that the other process asks.
  const { model: _asked, ...agent } = { ...made.definition, version: code.version };
  await playCases({
    agent,
    cases: order.cases.map(({ name, definition }) => ({ id: name, ...definition })),
    settings,
    project: projectOf(project, agent, order.models),
    onBegan: (_one, index) => say({ kind: 'began', position: order.cases[index]?.position ?? 0 }),
    onResult: ({ passed, faults, milliseconds }, index) =>
      say({
        kind: 'result',
        position: order.cases[index]?.position ?? 0,
        passed,
        faults: faults.slice(0, 20).map((fault) => fault.slice(0, 1_000)),
        milliseconds,
      }),
  });
}

/** The project with this version of the agent, without its routes, prices and fallbacks: models are asked elsewhere. */
function projectOf({ agents, models = {} }: ProjectConfig, agent: ProjectConfig['agents'][number], asking: boolean): ProjectConfig {
  const others = agents.filter((each) => each.name !== agent.name);
  if (!asking) return { agents: [agent, ...others] };
  const named = Object.keys(models).filter((name) => name !== 'default');
  return {
    agents: [agent, ...others],
    models: { default: modelElsewhere(undefined), ...Object.fromEntries(named.map((name) => [name, modelElsewhere(name)])) },
  };
}

/** A model that the process asks which has the keys and the budgets. */
function modelElsewhere(name: string | undefined): LanguageModelV4 {
  const ask = async ({ prompt, tools, responseFormat }: LanguageModelV4CallOptions): Promise<LanguageModelV4GenerateResult> => {
    const id = ++asked;
    const reply = await new Promise<ModelReply>((resolve) => {
      waiting.set(id, resolve);
      say({ kind: 'ask', id, model: name, prompt, tools: tools ?? [], responseFormat });
    });
    if (reply.kind === 'no-answer') throw new Error(`${reply.code}: ${reply.message}`);
    const { content, usage, finishReason } = reply;
    return {
      content: content as LanguageModelV4GenerateResult['content'],
      usage: usage as LanguageModelV4GenerateResult['usage'],
      finishReason: { unified: 'stop', raw: finishReason },
      warnings: [],
    };
  };
  return {
    specificationVersion: 'v4',
    provider: 'elsewhere',
    modelId: name ?? 'default',
    supportedUrls: {},
    doGenerate: ask,
    async doStream(options) {
      const { content, usage } = await ask(options);
      return { stream: ReadableStream.from(streamedParts(content, usage)) as ReadableStream<never> };
    },
  };
}
