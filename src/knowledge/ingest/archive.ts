import { TimonelError } from '../../errors.ts';

/** Bytes that an archive may unpack to. */
const mostUnpacked = 200_000_000;
/** From so many times its size on it is a bomb, and no document. */
const mostTimes = 200;

/**
 * Looks at the directory of a ZIP archive before anything is unpacked. What an archive says of itself may be a lie: the worker that unpacks it has
 * limits of its own.
 * @throws TimonelError `document_invalid`
 */
export function requireModestArchive(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = endOfDirectory(view);
  if (end === undefined) throw new TimonelError('document_invalid', 'The archive is cut off or damaged. Send the whole file.');
  const entries = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  let unpacked = 0;
  let names = '';
  for (let entry = 0; entry < entries && at + 46 <= view.byteLength && view.getUint32(at, true) === 0x02014b50; entry++) {
    unpacked += view.getUint32(at + 24, true);
    const nameLength = view.getUint16(at + 28, true);
    names += `${Buffer.from(bytes.subarray(at + 46, at + 46 + nameLength)).toString('latin1')}\n`;
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  if (unpacked > mostUnpacked || (unpacked > 10_000_000 && unpacked > bytes.length * mostTimes)) {
    throw new TimonelError('document_invalid', `The archive unpacks to ${unpacked} bytes, which no text needs. It was not opened.`);
  }
  if (!/^word\/document/m.test(names)) {
    throw new TimonelError('document_invalid', 'The archive is no DOCX document: it has no word/document.xml.');
  }
}

function endOfDirectory(view: DataView): number | undefined {
  for (let at = view.byteLength - 22; at >= 0 && at > view.byteLength - 66_000; at--)
    if (view.getUint32(at, true) === 0x06054b50) return at;
  return undefined;
}
