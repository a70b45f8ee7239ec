/**
 * Names in traces: OpenTelemetry's conventions for generative AI and HTTP, and our own where they have none. None of the former is stable,
 * so that they are all here, with the version that they are of. Dashboards stand on our metrics, not on these names.
 * https://github.com/open-telemetry/semantic-conventions/tree/v1.41.0/docs/gen-ai
 */
export const schemaUrl = 'https://opentelemetry.io/schemas/1.41.0';

/** Values of `gen_ai.operation.name`; `retrieval` is kept for knowledge. */
export const operations = {
  invokeAgent: 'invoke_agent',
  plan: 'plan',
  chat: 'chat',
  embeddings: 'embeddings',
  executeTool: 'execute_tool',
  retrieval: 'retrieval',
} as const;

export const genAi = {
  operation: 'gen_ai.operation.name',
  provider: 'gen_ai.provider.name',
  agentName: 'gen_ai.agent.name',
  /** Tells a canary from the stable version. */
  agentVersion: 'gen_ai.agent.version',
  conversationId: 'gen_ai.conversation.id',
  requestModel: 'gen_ai.request.model',
  requestStream: 'gen_ai.request.stream',
  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  toolName: 'gen_ai.tool.name',
  toolType: 'gen_ai.tool.type',
  toolCallId: 'gen_ai.tool.call.id',
  /** Content: only where it was asked for. */
  inputMessages: 'gen_ai.input.messages',
  outputMessages: 'gen_ai.output.messages',
  toolArguments: 'gen_ai.tool.call.arguments',
  toolResult: 'gen_ai.tool.call.result',
} as const;

/** What somebody thought of a turn. */
export const evaluation = {
  event: 'gen_ai.evaluation.result',
  name: 'gen_ai.evaluation.name',
  score: 'gen_ai.evaluation.score.value',
  label: 'gen_ai.evaluation.score.label',
} as const;

/** A flag that was asked for. Its value is not recorded. */
export const featureFlag = {
  event: 'feature_flag.evaluation',
  key: 'feature_flag.key',
  provider: 'feature_flag.provider.name',
  variant: 'feature_flag.result.variant',
  reason: 'feature_flag.result.reason',
  version: 'feature_flag.version',
} as const;

export const http = {
  method: 'http.request.method',
  route: 'http.route',
  status: 'http.response.status_code',
} as const;

export const errorType = 'error.type';

export const own = {
  workspaceId: 'timonel.workspace.id',
  runId: 'timonel.run.id',
  turn: 'timonel.run.turn',
  outcome: 'timonel.run.outcome',
  degraded: 'timonel.run.degraded',
  /** How often another process took the run over. Its spans are in traces of their own: the run's id joins them. */
  recoveries: 'timonel.run.recoveries',
  arm: 'timonel.release.arm',
  channel: 'timonel.channel',
  planner: 'timonel.planner',
  route: 'timonel.model.route',
  cost: 'timonel.model.cost_dollars',
  requestId: 'timonel.request.id',
  toolStatus: 'timonel.tool.status',
  policyEvent: 'timonel.policy.decision',
  verdict: 'timonel.policy.verdict',
  rule: 'timonel.policy.rule',
} as const;

/** Providers that the conventions call otherwise. */
export const providerNames: Readonly<Record<string, string>> = { google: 'gcp.gemini' };
