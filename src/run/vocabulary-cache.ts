import { LRUCache } from 'lru-cache';
import type { Vocabulary } from '../language/contract.ts';
import type { WorkspaceAccess } from '../tools/contract.ts';
import type { AgentDefinition } from './contract.ts';

/** The words of each workspace, per agent, loaded at most every ten seconds: a new service is understood soon enough. */
export class VocabularyCache {
  readonly #loaded = new LRUCache<string, Promise<Vocabulary>>({ max: 1_000, ttl: 10_000 });
  readonly #access: (workspaceId: string, timeZone: string) => WorkspaceAccess;

  constructor(access: (workspaceId: string, timeZone: string) => WorkspaceAccess) {
    this.#access = access;
  }

  of(agent: AgentDefinition, workspaceId: string, timeZone: string): Promise<Vocabulary> {
    if (agent.flows === undefined) return Promise.resolve({ services: [], staff: [] });
    const key = `${agent.name}\n${workspaceId}`;
    let loading = this.#loaded.get(key);
    if (loading === undefined) {
      loading = agent.flows.vocabulary.load(this.#access(workspaceId, timeZone));
      this.#loaded.set(key, loading);
      // A failure is not remembered.
      loading.catch(() => this.#loaded.delete(key));
    }
    return loading;
  }
}
