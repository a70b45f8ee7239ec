/** What the sandbox uses of WebAssembly: its types come with those of browsers alone, which a server does not take. */
declare namespace WebAssembly {
  class Module {
    private constructor();
    // biome-ignore lint/correctness/noUnusedPrivateClassMembers: it makes the type nominal
    readonly #brand: never;
  }
  class Instance {
    constructor(module: Module, imports: object);
    readonly exports: Record<string, unknown>;
  }
  function compile(bytes: Uint8Array<ArrayBuffer>): Promise<Module>;
}
