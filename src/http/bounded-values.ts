/** Values of steps as they are listed: a large one is cut, and the whole of it has an address. */

/** Bytes of JSON of one member. */
const mostBytes = 16_384;

/** The members of an object, large ones as `{ cut: <bytes>, begins: "…" }`. @returns whether something was cut, too */
export function boundedMembers(data: object): { data: Record<string, unknown>; cut: boolean } {
  let cut = false;
  const bound = Object.fromEntries(
    Object.entries(data).map(([name, value]) => {
      const text = value === undefined ? '' : JSON.stringify(value);
      const bytes = Buffer.byteLength(text);
      if (bytes <= mostBytes) return [name, value];
      cut = true;
      return [name, { cut: bytes, begins: text.slice(0, 1_000) }];
    }),
  );
  return { data: bound, cut };
}
