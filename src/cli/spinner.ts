import ora, { type Ora } from 'ora';

/**
 * Shows on standard error that something goes on, where a person looks. A terminal that says it has no columns, as some of containers do, gets
 * nothing: ora counts lines by them, and would count for ever.
 */
export function startSpinner(text: string, options: { discardStdin?: boolean } = {}): Ora {
  const { isTTY, columns } = process.stderr;
  return ora({ text, ...options, isSilent: isTTY !== true || columns === 0 }).start();
}
