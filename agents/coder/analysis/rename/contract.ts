/** Renaming: worked out, shown, never made here. */
import type { Place, ProposedChanges } from '../contract.ts';
import type { FoundSymbol } from '../outline.ts';

export interface RenameRequest {
  /** `name`, `Container.name`, or `path:line` of a declaration. */
  from: string;
  to: string;
}

/**
 * `not-a-name`: the new name is none in that language, or one of its own words. `taken`: something else has it where it would be used; `places` say
 * where. `breaks`: the type checker finds faults that were not there before. `language`: names of it cannot be renamed yet. `no-service`: the package
 * that reads TypeScript is not installed.
 */
export type RenameRefusal = 'not-a-name' | 'same' | 'taken' | 'breaks' | 'language' | 'no-service' | 'cannot';

export type RenameResult =
  | ({ kind: 'proposed'; declaration: FoundSymbol; to: string } & ProposedChanges)
  | { kind: 'ambiguous'; declarations: readonly FoundSymbol[] }
  | { kind: 'not-found'; similar: readonly string[] }
  | { kind: 'refused'; reason: RenameRefusal; places: readonly Place[]; message: string };
