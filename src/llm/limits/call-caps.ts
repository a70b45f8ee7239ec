import { TimonelError } from '../../errors.ts';

/** Providers with a cap, and the setting that sets it. */
export const cappedProviders = {
  anthropic: 'ANTHROPIC_API_MAX_CALLS',
  openai: 'OPENAI_API_MAX_CALLS',
  google: 'GOOGLE_API_MAX_CALLS',
  groq: 'GROQ_API_MAX_CALLS',
} as const;

export type CappedProvider = keyof typeof cappedProviders;

/** A fuse for test runs: how many calls this process may make to each provider, failed ones included, since it started. */
export class CallCaps {
  readonly #caps: Readonly<Partial<Record<CappedProvider, number | undefined>>>;
  readonly #made = new Map<string, number>();

  constructor(caps: Readonly<Partial<Record<CappedProvider, number | undefined>>>) {
    this.#caps = caps;
  }

  /** Counts a call that is about to be made. @throws TimonelError `call_cap_reached` */
  take(provider: string): void {
    const cap = isCapped(provider) ? this.#caps[provider] : undefined;
    if (cap === undefined || !isCapped(provider)) return;
    const made = this.#made.get(provider) ?? 0;
    if (made >= cap) {
      const setting = cappedProviders[provider];
      throw new TimonelError(
        'call_cap_reached',
        `${setting} allows ${cap} calls to ${provider}, and this process has made them. Raise it, or start again.`,
        { details: { provider, setting, cap } },
      );
    }
    this.#made.set(provider, made + 1);
  }
}

function isCapped(provider: string): provider is CappedProvider {
  return Object.hasOwn(cappedProviders, provider);
}
