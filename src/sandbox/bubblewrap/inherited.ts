import { openSync, readdirSync, readFileSync } from 'node:fs';

let nothing: number | undefined;
let inherited: readonly number[] | undefined;

/**
 * What stands in a program's place of descriptors that this process was started with, and that every child would have too: a socket of a
 * supervisor, say. Node closes the lowest of them itself.
 */
export function withoutInherited(first: number): (number | undefined)[] {
  inherited ??= inheritedDescriptors();
  if (inherited.length === 0) return [];
  nothing ??= openSync('/dev/null', 'r');
  const places: (number | undefined)[] = [];
  for (const descriptor of inherited) if (descriptor >= first) places[descriptor - first] = nothing;
  return Array.from(places);
}

/** Descriptors that are not closed when a program is executed. */
function inheritedDescriptors(): number[] {
  return readdirSync('/proc/self/fdinfo')
    .map(Number)
    .filter((descriptor) => descriptor > 2 && isInherited(descriptor));
}

const closeOnExecution = 0o2000000;

function isInherited(descriptor: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & closeOnExecution) === 0;
  } catch {
    // The descriptor of the listing itself.
    return false;
  }
}
