import { TimonelError } from '../errors.ts';
import type { AgentDefinition } from './contract.ts';

/** Stands in for an agent that a conversation began with and that the project no longer has: its turns fail and say why. */
export function unknownAgent(name: string): AgentDefinition {
  const gone = (): never => {
    throw new TimonelError('agent_not_found', `The agent "${name}" of this conversation is not part of the project any more.`);
  };
  return {
    name,
    version: '0.0.0',
    description: '',
    prompt: '',
    tools: [],
    policy: [],
    flows: { understand: gone, next: gone },
  };
}
