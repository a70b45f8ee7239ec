/**
 * Sets the maximum of the memory that a WebAssembly module defines, so that `memory.grow` fails there. A module without one grows to 4 GiB.
 * Sections of a module: https://webassembly.github.io/spec/core/binary/modules.html
 * @param pages of 64 KiB. @throws Error where the module has no memory of its own, or needs more to begin with
 */
export function withMemoryMaximum(module: Uint8Array, pages: number): Uint8Array<ArrayBuffer> {
  const memorySection = 5;
  let at = 8;
  while (at < module.length) {
    const id = module[at];
    const size = readNumber(module, at + 1);
    const end = size.next + size.value;
    if (id === memorySection) {
      const count = readNumber(module, size.next);
      const flags = module[count.next];
      if (count.value !== 1 || flags === undefined || flags > 1) throw new Error('The module has a memory of an unknown kind.');
      const least = readNumber(module, count.next + 1);
      if (least.value > pages) throw new Error(`The module needs ${least.value} pages of memory; the limit is ${pages}.`);
      const content = [1, 1, ...written(least.value), ...written(pages)];
      const head = [memorySection, ...written(content.length), ...content];
      const patched = new Uint8Array(at + head.length + module.length - end);
      patched.set(module.subarray(0, at));
      patched.set(head, at);
      patched.set(module.subarray(end), at + head.length);
      return patched;
    }
    at = end;
  }
  throw new Error('The module has no memory of its own.');
}

/** An unsigned LEB128 number. */
function readNumber(bytes: Uint8Array, from: number): { value: number; next: number } {
  let value = 0;
  for (let at = from, shift = 0; at < bytes.length && shift < 35; at++, shift += 7) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return { value, next: at + 1 };
  }
  throw new Error('The module is broken: a number does not end.');
}

function written(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return [...bytes, rest];
}
