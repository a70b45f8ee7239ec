import { posix } from 'node:path';
import type { Places } from './places.ts';
import { hole } from './words.ts';

const systemFolders =
  /^\/(bin|boot|dev|etc|lib|lib32|lib64|libx32|lost\+found|opt|proc|root|run|sbin|srv|sys|usr|var|home|mnt|media|snap|nix|Users|System|Library|Applications|Volumes|private)(\/|$)/;
/** Where a path of these folders is anybody's to throw away. */
const free = /^\/(tmp|var\/tmp|private\/tmp|dev\/shm)\/./;
const openDevices = /^\/dev\/(null|zero|full|stdin|stdout|stderr|tty|random|urandom|fd\/\d+)$/;
const devices = /^\/dev\/(sd|hd|vd|xvd|nvme|mmcblk|disk|rdisk|dm-|mapper|md|loop|mem|kmem|port|sg|sr|block)/;

export const isDevice = (path: string) => devices.test(path) || /^\\\\\.\\/.test(path);

/** What is lost with everything in it: the system, homes, the project as a whole, its history. */
export function losesAll(value: string, folders: readonly string[], { root, home }: Places): boolean {
  // A path that begins with a variable which may be empty begins at the root.
  if (new RegExp(`^${hole}+\\/`).test(value)) {
    const rest = posix.normalize(value.replace(new RegExp(`^${hole}+`), ''));
    if (/^\/[*.]*\/?$/.test(rest) || systemFolders.test(rest)) return true;
  }
  if (value.includes(hole)) return false;
  return folders.some((folder) => {
    const stripped = posix.resolve(folder, value.replace(/(^|\/)(\*+|\.\*|\{\*,\.\*\}|\.\[[^\]]*\]\*|\?\*?)\/?$/, '$1'));
    if (/[*?[]/.test(stripped) && !root.startsWith(stripped.slice(0, stripped.search(/[*?[]/)))) {
      // A pattern in the place of a system folder: /u*r
      if (/^\/[^/]*[*?[][^/]*(\/[*?]*)?$/.test(stripped)) return true;
    }
    if (stripped === '/' || stripped === home || stripped === root) return true;
    if (root.startsWith(`${stripped}/`) || home.startsWith(`${stripped}/`)) return true;
    if (isGit(stripped, root)) return true;
    if (free.test(stripped) || stripped.startsWith(`${root}/`)) return false;
    // One below a home, or a hidden one.
    if (stripped.startsWith(`${home}/`)) return posix.dirname(stripped) === home || stripped.slice(home.length + 1).startsWith('.');
    return systemFolders.test(stripped);
  });
}

function isGit(path: string, root: string): boolean {
  return path.startsWith(`${root}/`) && /(^|\/)\.git$/.test(path);
}

/** Where a write changes what runs later, for the user or for all: settings of shells and keys, the system, devices, git's own files. */
export function isPrecious(value: string, folders: readonly string[], { root, home }: Places): boolean {
  if (/^\/dev\//.test(value)) return !openDevices.test(posix.normalize(value));
  if (value.includes(hole)) return /^\0+\/(\.(bash|zsh|profile|ssh|config)|etc\/|usr\/|bin\/)/.test(value);
  return folders.some((folder) => {
    const path = posix.resolve(folder, value);
    if (openDevices.test(path)) return false;
    if (path.startsWith(`${root}/`) || path === root)
      return /(^|\/)\.git\/(hooks|config|info|objects|refs|HEAD|index|modules)/.test(path);
    if (free.test(path)) return false;
    if (path === home || path === '/') return true;
    if (path.startsWith(`${home}/`)) return path.slice(home.length + 1).startsWith('.');
    return systemFolders.test(path);
  });
}
