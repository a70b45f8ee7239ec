/** A project cannot be used as it was asked. The message says what would work. */
export class ProjectRefused extends Error {
  override readonly name = 'ProjectRefused';
  /** The path that it is about, where it is about one. */
  readonly path: string | undefined;
  constructor(message: string, path?: string) {
    super(message);
    this.path = path;
  }
}
