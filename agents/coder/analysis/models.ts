/** Which model of Ollama fits the memory of a machine. Data and arithmetic: nothing is asked of the network. */

export interface LocalModel {
  /** As `ollama pull` takes it. */
  name: string;
  /** Billions. */
  parameters: number;
  /** Billions that work on each token, where it is a mixture of experts. */
  active?: number;
  /** Bytes of the tag's default quantisation, four bits; from the tag's page at https://ollama.com/library. */
  bytes: number;
  /** It calls tools reliably enough to edit; smaller ones only answer. */
  tools: boolean;
}

const gigabyte = 1_000_000_000;

/** Made for code, from the small to the large. */
export const localModels: readonly LocalModel[] = [
  { name: 'qwen2.5-coder:0.5b', parameters: 0.5, bytes: 0.4 * gigabyte, tools: false },
  { name: 'qwen2.5-coder:1.5b', parameters: 1.5, bytes: 1.0 * gigabyte, tools: false },
  { name: 'qwen2.5-coder:3b', parameters: 3, bytes: 1.9 * gigabyte, tools: false },
  { name: 'qwen2.5-coder:7b', parameters: 7, bytes: 4.7 * gigabyte, tools: true },
  { name: 'qwen2.5-coder:14b', parameters: 14, bytes: 9.0 * gigabyte, tools: true },
  { name: 'gpt-oss:20b', parameters: 21, active: 3.6, bytes: 14 * gigabyte, tools: true },
  { name: 'qwen3-coder:30b', parameters: 30, active: 3.3, bytes: 19 * gigabyte, tools: true },
];

export interface MachineMemory {
  /** Bytes. */
  total: number;
  /** Bytes that programs can have now. */
  free: number;
}

export interface ModelProposal {
  /** The largest that fits; absent where none does. */
  fits: LocalModel | undefined;
  /** Bytes that each needs: its weights, a tenth, and a gigabyte for 8,000 tokens of context. */
  models: readonly (LocalModel & { needs: number; fits: boolean })[];
  memory: MachineMemory;
}

/** A fifth of the free memory is left to the rest. */
export function proposeModel(memory: MachineMemory): ModelProposal {
  const models = localModels.map((model) => {
    const needs = Math.round(model.bytes * 1.1 + gigabyte);
    return { ...model, needs, fits: needs <= 0.8 * memory.free };
  });
  return { fits: models.findLast(({ fits }) => fits), models, memory };
}
