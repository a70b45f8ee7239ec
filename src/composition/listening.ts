import type { Settings } from '../config.ts';
import { messageOf, TimonelError } from '../errors.ts';

/** Why an address cannot be listened on, and what to change. */
export function explainListening(error: unknown, { host, port }: Pick<Settings, 'host' | 'port'>): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const sentence = (() => {
    switch (code) {
      case 'EADDRINUSE':
        return `Port ${port} is taken. Choose another one: timonel up --port ${port < 65_535 ? port + 1 : 8_000}`;
      case 'EADDRNOTAVAIL':
        return `This machine has no address ${host} to listen on. Set TIMONEL_HOST to 127.0.0.1 (this machine alone) or 0.0.0.0 (every network).`;
      case 'ENOTFOUND':
      case 'EAI_AGAIN':
        return `TIMONEL_HOST names ${host}, and no address is known for that. Set it to 127.0.0.1 (this machine alone) or 0.0.0.0 (every network).`;
      case 'EACCES':
        return `Port ${port} needs more rights than this user has. Choose one above 1023: timonel up --port 8000`;
      default:
        return undefined;
    }
  })();
  if (sentence !== undefined) return new TimonelError('config_invalid', sentence, { cause: error });
  return error instanceof TimonelError
    ? error
    : new TimonelError('config_invalid', `${host}:${port} cannot be listened on (${messageOf(error)}).`, { cause: error });
}
