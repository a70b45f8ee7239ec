/** Twenty files that are no whole backup: cut, changed in one bit, foreign, doubled. */
export function mutantsOf(whole: Buffer): [what: string, bytes: Buffer][] {
  const flipped = (at: number) => {
    const copy = Buffer.from(whole);
    copy[at] = (copy[at] ?? 0) ^ 0x10;
    return copy;
  };
  return [
    ...[0.05, 0.3, 0.5, 0.8, 0.95, 0.999].map((share): [string, Buffer] => [
      `cut at ${share}`,
      whole.subarray(0, Math.floor(whole.length * share)),
    ]),
    ...Array.from({ length: 10 }, (_, index): [string, Buffer] => {
      const at = 20 + Math.floor(((whole.length - 40) * (index + 0.5)) / 10);
      return [`bit at ${at}`, flipped(at)];
    }),
    ['nothing', Buffer.alloc(0)],
    ['a text', Buffer.from('not a backup')],
    ['a dump', Buffer.from('PGDMP\u0001\u000e')],
    ['itself twice', Buffer.concat([whole.subarray(0, whole.length / 2), whole])],
  ];
}
