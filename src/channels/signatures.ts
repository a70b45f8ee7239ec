import { createHash, timingSafeEqual } from 'node:crypto';

/** Compares texts in constant time, whatever their lengths. */
export function sameText(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other)) && one.length === other.length;
}

/** A header that has to come once; `undefined` where it is absent or came more often. */
export function onlyHeader(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined;
}

/** Values of a secret that are valid now: the current one, and during a rotation the one before. */
export function validSecrets(
  { secrets, previous }: { secrets: Readonly<Record<string, string>>; previous: Readonly<Record<string, string>> | undefined },
  name: string,
): string[] {
  return [secrets[name], previous?.[name]].filter((each) => each !== undefined && each !== '') as string[];
}
