/** The call of a command was wrong: exit code 2, and a message instead of a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
