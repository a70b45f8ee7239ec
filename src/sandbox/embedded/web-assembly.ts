/** What the sandbox uses of WebAssembly: its types come with those of browsers alone, which a server does not take. */

export interface CompiledModule {
  readonly [Symbol.toStringTag]: 'WebAssembly.Module';
}

interface Namespace {
  compile(bytes: Uint8Array<ArrayBuffer>): Promise<CompiledModule>;
  Instance: new (module: CompiledModule, imports: object) => { readonly exports: Record<string, unknown> };
}

export const { WebAssembly: webAssembly } = globalThis as unknown as { WebAssembly: Namespace };
