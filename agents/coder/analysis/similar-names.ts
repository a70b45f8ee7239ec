/** Names of a project that somebody may have meant. */
import type { Snapshot } from './contract.ts';

/** At most five declared names within a third of the letters, the nearest first. */
export function similarNames(snapshot: Snapshot, wanted: string): string[] {
  const simple = (wanted.split('.').at(-1) ?? wanted).toLowerCase();
  const most = Math.max(1, Math.floor(simple.length / 3));
  const names = new Set([...snapshot.files.values()].flatMap(({ symbols }) => symbols.map(({ name }) => name)));
  return [...names]
    .flatMap((name) => {
      if (Math.abs(name.length - simple.length) > most) return [];
      const distance = distanceOf(simple, name.toLowerCase(), most);
      return distance <= most ? [{ name, distance }] : [];
    })
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, 5)
    .map(({ name }) => name);
}

/** Letters to change, add or leave out (Levenshtein); more than `most` is not counted out. */
function distanceOf(a: string, b: string, most: number): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
    if (Math.min(...row) > most) return most + 1;
  }
  return row.at(-1) ?? most + 1;
}
