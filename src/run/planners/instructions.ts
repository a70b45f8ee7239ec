/** What a model is told and offered in a turn, where an agent makes it for each. */
import type { Features } from '@openfeature/server-sdk';
import { messageOf, TimonelError } from '../../errors.ts';
import type { RunContext } from '../../store/run-context.ts';
import { untilAborted } from '../../store/until-aborted.ts';
import type { WorkspaceAccess } from '../../tools/contract.ts';
import { stateOf } from '../../tools/state.ts';
import { behalfOf, behalfPrincipalOf, type FindPrincipal } from '../behalf.ts';
import type { AgentDefinition, PromptTurn } from '../contract.ts';
import type { PlannerTurn } from '../planner.ts';

export interface Instructions {
  prompt: string;
  /** Names of tools; `undefined` for all. */
  offered: readonly string[] | undefined;
}

export interface InstructionDependencies {
  findPrincipal: FindPrincipal;
  flagsOf(run: RunContext): Features;
  /** Transactions in a workspace. */
  queryIn(workspaceId: string): WorkspaceAccess['query'];
  /** The same, and read-only. */
  readsIn(workspaceId: string): WorkspaceAccess['query'];
}

const longestPrompt = 200_000;

/** Asks the agent once for each run: all of its model calls are told the same. */
export class TurnInstructions {
  readonly #dependencies: InstructionDependencies;
  readonly #made = new WeakMap<PlannerTurn['run'], Promise<Instructions>>();

  constructor(dependencies: InstructionDependencies) {
    this.#dependencies = dependencies;
  }

  /** @throws TimonelError `model_unavailable` where the agent's part throws or answers nothing that can be used; `store_unavailable` */
  of(turn: PlannerTurn): Instructions | Promise<Instructions> {
    const { prompt, offers } = turn.agent;
    if (typeof prompt === 'string' && offers === undefined) return { prompt, offered: undefined };
    let made = this.#made.get(turn.run);
    if (made === undefined) {
      made = untilAborted(this.#make(turn), turn.signal);
      this.#made.set(turn.run, made);
    }
    return made;
  }

  async #make(turn: PlannerTurn): Promise<Instructions> {
    const { agent } = turn;
    try {
      const seen = await this.#seen(turn);
      const prompt = typeof agent.prompt === 'string' ? agent.prompt : await agent.prompt(seen);
      if (typeof prompt !== 'string' || prompt.trim() === '' || prompt.length > longestPrompt)
        throw new TypeError(`The prompt has to be a text of 1 to ${longestPrompt} characters.`);
      return { prompt, offered: await offeredBy(agent, seen) };
    } catch (error) {
      if (error instanceof TimonelError && error.code === 'store_unavailable') throw error;
      const message = `What the agent "${agent.name}" tells its model could not be made: ${messageOf(error)}`;
      throw new TimonelError('model_unavailable', message, { cause: error });
    }
  }

  async #seen({ run, now }: PlannerTurn): Promise<PromptTurn> {
    const { findPrincipal, flagsOf, queryIn, readsIn } = this.#dependencies;
    const { workspaceId, conversationId, turn, text, timeZone, channel, contact } = run;
    const principal = behalfPrincipalOf(await behalfOf(run, findPrincipal));
    const flags = flagsOf(run);
    const query = readsIn(workspaceId);
    const state = stateOf(run, queryIn(workspaceId));
    return { workspaceId, conversationId, turn, text, now, timeZone, channel, contact, principal, flags, query, state };
  }
}

async function offeredBy(agent: AgentDefinition, seen: PromptTurn): Promise<readonly string[] | undefined> {
  const offered = await agent.offers?.(seen);
  const missing = offered?.filter((name) => !agent.tools.some((tool) => tool.name === name)) ?? [];
  if (missing.length === 0) return offered;
  throw new TypeError(`offers names ${missing.join(', ')}. There are: ${agent.tools.map(({ name }) => name).join(', ')}.`);
}
