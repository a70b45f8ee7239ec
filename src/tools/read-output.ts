import { z } from 'zod';
import type { Tool } from './contract.ts';

const input = z.object({
  artifact: z.uuid().describe('Its id'),
  offset: z.number().int().min(0).default(0).describe('The byte to begin with: `next` of the piece before'),
  bytes: z.number().int().min(256).max(16_384).default(8_192).describe('The most to read'),
});

type Piece = { text: string; offset: number; next: number | null; bytes: number } | { refused: string };

/**
 * A tool for agents whose tools answer more than a model is shown: put it among their `tools`. It pages through what was cut, and through other
 * texts of the same conversation.
 */
export const readOutput: Tool<z.infer<typeof input>, Piece> = {
  name: 'read_output',
  description:
    'Reads a piece of a text of this conversation: the whole of an answer that was cut, or a text file. Answers `text` and `next`, the offset of the piece after it, which is null at the end.',
  input,
  effect: 'read',
  // A piece of control characters has six bytes of JSON for each.
  maxOutputBytes: 131_072,
  async execute({ artifact, offset, bytes }, { artifacts }) {
    try {
      const piece = await artifacts.readText(artifact, { offset, bytes });
      return piece ?? { refused: `This conversation has no artifact ${artifact}. Take the id from the answer that was cut.` };
    } catch (error) {
      if ((error as { code?: unknown }).code === 'artifact_invalid') return { refused: (error as Error).message };
      throw error;
    }
  },
};
