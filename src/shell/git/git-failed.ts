/** Git could not do it, or may not. */
export class GitFailed extends Error {
  override readonly name = 'GitFailed';
  /** Undefined where it did not end by itself. */
  readonly exitCode: number | undefined;
  constructor(message: string, exitCode?: number) {
    super(message);
    this.exitCode = exitCode;
  }
}
