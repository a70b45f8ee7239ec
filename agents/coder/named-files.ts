/** Files that a message names: what goes with it. */
import { z } from 'zod';
import { PathRefused, type ProjectFiles } from '../../src/files.ts';

/** Bytes of a picture that goes with a message. */
const mostPictureBytes = 5 * 1024 * 1024;
/** Names of a folder. */
const mostNames = 500;
const picture = /\.(?:png|jpe?g|webp|gif)$/i;

export const namedFile = z.object({
  /** Of a folder its names, those of folders with `/`. */
  text: z.string().nullable(),
  /** Base64. */
  picture: z.string().optional(),
  /** Why a picture does not go with the message. */
  because: z.string().optional(),
});

export async function readNamed(files: ProjectFiles, path: string): Promise<z.infer<typeof namedFile>> {
  try {
    const plain = path.replace(/\/+$/, '');
    if ((await files.check(plain === '' ? '.' : plain)).kind === 'folder') {
      const entries = await files.list(plain === '' ? '.' : plain);
      const names = entries.slice(0, mostNames).map(({ name, kind }) => (kind === 'folder' ? `${name}/` : name));
      const more = entries.length - names.length;
      return { text: [...names, ...(more > 0 ? [`… ${more} more`] : [])].join('\n') };
    }
    if (picture.test(path)) {
      const { bytes } = await files.readBytes(path);
      if (bytes.byteLength <= mostPictureBytes) return { text: null, picture: Buffer.from(bytes).toString('base64') };
      return {
        text: null,
        because: `${path} has ${bytes.byteLength} bytes; pictures of up to ${mostPictureBytes} are sent. Make it smaller.`,
      };
    }
    const read = await files.read(path);
    return { text: read.encoding === 'binary' ? null : read.text };
  } catch (error) {
    if (error instanceof PathRefused) return { text: null };
    throw error;
  }
}
