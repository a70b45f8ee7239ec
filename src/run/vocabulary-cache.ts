import { LRUCache } from 'lru-cache';
import type { Vocabulary } from '../language/contract.ts';
import type { WorkspaceAccess } from '../tools/contract.ts';
import type { AgentDefinition } from './contract.ts';

/** What tells that rows of an agent changed, here or in another process. */
export interface ResourceNotices {
  subscribe(
    listener: (
      notices: readonly ({ kind: 'resources'; workspaceId: string; agent: string } | { kind: string })[] | 'anything',
    ) => void,
  ): void;
}

/**
 * The words of each workspace, per agent: forgotten when a change of its resources is told, and loaded anew every ten seconds, since rows can
 * change without anybody telling.
 */
export class VocabularyCache {
  readonly #loaded = new LRUCache<string, Promise<Vocabulary>>({ max: 1_000, ttl: 10_000 });
  readonly #access: (workspaceId: string, timeZone: string) => WorkspaceAccess;

  constructor(access: (workspaceId: string, timeZone: string) => WorkspaceAccess, notices: ResourceNotices) {
    this.#access = access;
    notices.subscribe((told) => {
      if (told === 'anything') return this.#loaded.clear();
      for (const notice of told) {
        if (notice.kind === 'resources' && 'agent' in notice) this.#loaded.delete(keyOf(notice.agent, notice.workspaceId));
      }
    });
  }

  of(agent: AgentDefinition, workspaceId: string, timeZone: string): Promise<Vocabulary> {
    const own = agent.flows?.vocabulary;
    if (own === undefined) return Promise.resolve({});
    const key = keyOf(agent.name, workspaceId);
    let loading = this.#loaded.get(key);
    if (loading === undefined) {
      loading = own.load(this.#access(workspaceId, timeZone));
      this.#loaded.set(key, loading);
      // A failure is not remembered.
      loading.catch(() => this.#loaded.delete(key));
    }
    return loading;
  }
}

function keyOf(agent: string, workspaceId: string): string {
  return `${agent}\n${workspaceId}`;
}
