import type { WASI } from '@runno/wasi';

type Drive = WASI['drive'];

const mostFiles = 256;
/** WASI's numbers: "no space left on device", "too many open files". */
const noSpace = 51;
const tooManyFiles = 33;
const creates = 1;

/** Gives the files of a Python program, which are in memory, a quota: the drive of the package grows without end. */
export function limitDrive(drive: Drive, diskBytes: number): void {
  const bytes = diskBytes + sizeOf(drive);
  const { open, write, pwrite, setSize, pathCreateDir } = drive;
  const full = () => Object.keys(drive.fs).length >= mostFiles;

  /** Whether a file may be written up to `end`: a seek far behind its end counts in full. */
  const fits = (end: number, added: number) => {
    let used = sizeOf(drive);
    for (const each of drive.openMap.values()) if ('buffer' in each && each.isDirty) used += each.buffer.byteLength;
    return Number.isSafeInteger(end) && end <= bytes && used + added <= 2 * bytes;
  };

  drive.open = (folder, path, flags, more) => {
    if (drive.openMap.size > mostFiles) return [tooManyFiles];
    if ((flags & creates) !== 0 && full() && drive.pathStat(folder, path)[0] !== 0) return [noSpace];
    return open.call(drive, folder, path, flags, more);
  };
  drive.write = (file, data) => {
    const [, at] = drive.tell(file);
    return fits(Number(at ?? 0n) + data.byteLength, data.byteLength) ? write.call(drive, file, data) : noSpace;
  };
  drive.pwrite = (file, data, offset) =>
    fits(offset + data.byteLength, data.byteLength) ? pwrite.call(drive, file, data, offset) : noSpace;
  drive.setSize = (file, size) => (size >= 0n && fits(Number(size), Number(size)) ? setSize.call(drive, file, size) : noSpace);
  drive.pathCreateDir = (folder, path) => (full() ? noSpace : pathCreateDir.call(drive, folder, path));
}

function sizeOf(drive: Drive): number {
  let bytes = 0;
  for (const { content } of Object.values(drive.fs)) bytes += content.length;
  return bytes;
}
