import type { CollectionIndex } from '../../src/knowledge/index/collection-index.ts';
import type { BenchPassage } from '../retrieval.ts';

/** Gives an index the texts that it asks for. */
export function gramsInto(index: CollectionIndex, passages: ReadonlyMap<string, BenchPassage>, ids: readonly string[]): void {
  index.addTexts(
    ids.flatMap((id) => {
      const passage = passages.get(id);
      return passage === undefined ? [] : [{ id, documentId: passage.documentId, text: passage.indexedText }];
    }),
  );
}
