/** Where a row is in the order of a list: its time in microseconds (ISO 8601, UTC), and the id that tells rows of the same time apart. */
export type Place = readonly [string, string];

/** SQL of the place of a row. */
export const placeIn = (at: string, id: string): string =>
  `json_build_array(to_char(${at} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), ${id}::text)`;

/** What is looked for with ILIKE, as it stands. */
export function containing(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
