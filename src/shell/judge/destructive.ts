import type { Places } from './places.ts';
import { isDevice, isPrecious, losesAll } from './precious.ts';
import { hole } from './words.ts';

/** Programs that change machines, disks or accounts, whatever their words. */
const never = new Set(
  'sudo doas su pkexec runuser gksudo kdesudo shutdown reboot halt poweroff init telinit kexec fdisk sfdisk cfdisk gdisk sgdisk parted wipefs blkdiscard mkswap swapoff swapon cryptsetup lvremove vgremove pvremove badblocks hdparm userdel useradd usermod groupdel passwd chpasswd visudo vipw insmod rmmod modprobe iptables ip6tables nft ufw setenforce mount umount losetup chroot pivot_root nsenter debugfs grub-install efibootmgr dropdb flashrom'.split(
    ' ',
  ),
);

const hasLetter = (words: readonly string[], letters: RegExp, long: RegExp) =>
  words.some((word) => (/^-[A-Za-z0-9]/.test(word) && letters.test(word)) || (word.startsWith('--') && long.test(word)));
const operandsOf = (words: readonly string[]) => {
  const end = words.indexOf('--');
  return words.filter((word, at) => (end >= 0 && at > end) || (word !== '--' && !word.startsWith('-')));
};

export interface Where {
  places: Places;
  folders: readonly string[];
}

/**
 * Why a command may not be run, however it is asked for: it destroys what cannot be brought back, or hands the machine to somebody.
 * @param name the program's name, without its folder, in lower case
 */
export function destruction(name: string, words: readonly string[], where: Where): string | undefined {
  const { places, folders } = where;
  const whole = (value: string) => losesAll(value, folders, places);
  const precious = (value: string) => isPrecious(value, folders, places);
  if (never.has(name) || /^mkfs(\.|$)|^mke2fs$|^newfs/.test(name)) return `${name} changes the machine.`;
  const device = words.find((word) => isDevice(word.replace(/^[a-z]+=/, '')));
  if (device !== undefined) return `${device} is a device.`;
  const operands = operandsOf(words);
  switch (name) {
    case 'rm':
    case 'rmdir':
    case 'unlink':
    case 'srm':
    case 'del': {
      if (words.includes('--no-preserve-root')) return 'It removes the whole system.';
      const target = operands.find(whole);
      const deep = hasLetter(words, /[rRd]/, /^--(r|d)/) || name === 'srm';
      if (target !== undefined && (deep || words.some((word) => word.includes(hole))))
        return `It removes ${readable(target)}, with everything in it.`;
      break;
    }
    case 'shred':
    case 'wipe':
      return 'What it overwrites cannot be brought back.';
    case 'find':
    case 'fd':
    case 'fdfind': {
      const deletes =
        words.includes('-delete') ||
        words.some(
          (word, at) =>
            /^(-exec|-execdir|-ok|-okdir|-x|-X|--exec|--exec-batch)$/.test(word) &&
            /(^|\/)(rm|shred|unlink|chmod|chown)$/.test(words[at + 1] ?? ''),
        );
      const starts = words.slice(
        0,
        words.findIndex((word) => /^[-(!]/.test(word)) < 0 ? undefined : words.findIndex((word) => /^[-(!]/.test(word)),
      );
      const filtered = words.some(
        (word, at) =>
          /^-(i?name|i?path|i?regex|empty|size|[acm]time|[acm]min|newer\w*|maxdepth)$/.test(word) &&
          !/^\.?\*+$/.test(words[at + 1] ?? ''),
      );
      const everything = (start: string) => whole(start) && (!filtered || !isProject(start, where));
      if (deletes && (starts.length === 0 ? !filtered : starts.some(everything)))
        return 'It removes everything below a folder that is not to be removed.';
      break;
    }
    case 'chmod':
    case 'chown':
    case 'chgrp':
    case 'chattr':
    case 'setfacl': {
      if (
        name === 'chmod' &&
        words.some((word) => /^([ugoa]*[+=][rwxXt]*s|[0-7]?[2-7][0-7]{3})$/.test(word) && !/^0?[0-7]{3}$/.test(word))
      )
        return 'It lets a program run as another user.';
      const target = operands
        .slice(name === 'chattr' ? 0 : 1)
        .find((each) => precious(each) || (whole(each) && !isProject(each, where)));
      if (target !== undefined) return `It changes who may use ${readable(target)}.`;
      break;
    }
    case 'mv':
    case 'rename': {
      const target = operands.find((each, at) => (at < operands.length - 1 ? whole(each) : precious(each)));
      if (target !== undefined) return `It moves ${readable(target)}.`;
      break;
    }
    case 'cp':
    case 'ln':
    case 'install':
    case 'rsync':
    case 'scp': {
      const target =
        words.find((word, at) => word.startsWith('--target-directory=') || words[at - 1] === '-t') ?? operands.at(-1) ?? '';
      if (operands.length > 0 && precious(target.replace(/^--target-directory=/, ''))) return `It writes to ${readable(target)}.`;
      if (name === 'rsync' && words.some((word) => /^--del/.test(word)) && whole(operands.at(-1) ?? ''))
        return 'It removes what is not in its source.';
      break;
    }
    case 'tee':
    case 'touch':
    case 'truncate':
    case 'mkdir':
    case 'sed':
    case 'perl':
    case 'ed':
    case 'ex': {
      const writes =
        name === 'tee' ||
        name === 'touch' ||
        name === 'truncate' ||
        name === 'mkdir' ||
        name === 'ed' ||
        name === 'ex' ||
        words.some((word) => /^-[a-zA-Z]*i|^--in-place/.test(word));
      const target = writes ? operands.find(precious) : undefined;
      if (target !== undefined) return `It writes to ${readable(target)}.`;
      break;
    }
    case 'dd': {
      const output = words.find((word) => word.startsWith('of='))?.slice(3);
      if (output !== undefined && precious(output)) return `It writes to ${readable(output)}.`;
      break;
    }
    case 'kill':
      if (words.slice(words[0]?.startsWith('-') === true ? 1 : 0).some((word) => /^-\d+$/.test(word)))
        return 'It ends all processes of the user.';
      break;
    case 'pkill':
    case 'killall':
      if (words.some((word) => /^(-u|-U|--user|--uid|\.|\.\*|-1)$/.test(word))) return 'It ends all processes of a user.';
      break;
    case 'sysctl':
      if (words.some((word) => /^-w|^--write|=/.test(word))) return 'It changes the kernel.';
      break;
    case 'zfs':
    case 'zpool':
    case 'btrfs':
      if (words.includes('destroy') || words.includes('delete')) return 'It deletes a file system.';
      break;
    case 'redis-cli':
      if (words.some((word) => /^flush(all|db)$/i.test(word))) return 'It deletes a database.';
      break;
    case 'nc':
    case 'ncat':
    case 'netcat':
    case 'socat':
      if (words.some((word) => /^-[a-z]*[ec]$|^--(sh-)?exec|^(exec|system):/i.test(word)))
        return 'It lets another machine run programs here.';
      break;
    case 'tar':
    case 'unzip':
    case 'cpio':
    case 'bsdtar': {
      const into = words.find((_, at) => /^(-C|--directory|-d)$/.test(words[at - 1] ?? ''));
      if (into !== undefined && precious(into)) return `It writes to ${readable(into)}.`;
      break;
    }
    case 'heroku':
    case 'fly':
    case 'flyctl':
    case 'az':
    case 'gcloud':
    case 'doctl':
    case 'vercel':
    case 'netlify':
      if (operands.some((word) => /^(delete|destroy|remove)$|:destroy$/.test(word))) return 'It deletes what is in production.';
      break;
    case 'killall5':
      return 'It ends all processes.';
    case 'systemctl':
    case 'launchctl':
    case 'service': {
      const verb = name === 'service' ? operands[1] : operands[0];
      if (verb !== undefined && !/^(status|show|cat|is-.*|list.*|help|get-default|print.*)$/.test(verb))
        return 'It changes services of the machine.';
      break;
    }
    case 'crontab':
    case 'at':
    case 'batch':
      if (!(words.length === 1 && words[0] === '-l')) return 'It changes what runs later.';
      break;
    case 'docker':
    case 'podman':
    case 'nerdctl':
      if (/^(system|volume|image|container)$/.test(operands[0] ?? '') && operands[1] === 'prune')
        return 'It deletes data of containers.';
      if (words.includes('--privileged') || words.some((word, at) => mounts(word, words[at - 1] ?? '') && mountsWhole(word, whole)))
        return 'It gives a container the machine.';
      break;
    case 'terraform':
    case 'tofu':
    case 'pulumi':
      if (operands[0] === 'destroy') return 'It destroys what is in production.';
      break;
    case 'kubectl':
      if (operands[0] === 'delete') return 'It deletes what is in production.';
      break;
    case 'gh':
      if (operands[0] === 'repo' && operands[1] === 'delete') return 'It deletes a repository.';
      break;
    case 'aws':
      if (operands.some((word) => /^(terminate|delete)-/.test(word))) return 'It deletes what is in production.';
      if (operands[0] === 's3' && (operands[1] === 'rb' || (operands[1] === 'rm' && words.includes('--recursive'))))
        return 'It deletes stored files.';
      break;
    case 'git':
      return gitDestruction(words);
    default:
      break;
  }
  if (
    /^(psql|mysql|mariadb|sqlite3|mongosh?|clickhouse-client)$/.test(name) &&
    words.some((word) => /\bdrop\s+(database|schema|table)\b|\bdropDatabase\b|\btruncate\s+table\b/i.test(word))
  )
    return 'It deletes a database.';
  return undefined;
}

const readable = (value: string) => value.replaceAll(hole, '…');

function isProject(value: string, { places, folders }: Where): boolean {
  return folders.every((folder) => places.inside(value, folder) !== undefined);
}

const mounts = (word: string, before: string) => /^(-v|--volume|--mount)$/.test(before) || /^(-v.|--volume=|--mount=)/.test(word);

function mountsWhole(word: string, whole: (value: string) => boolean): boolean {
  const value = word.replace(/^(-v|--volume=|--mount=)/, '');
  const source = /(?:source|src)=([^,]*)/.exec(value)?.[1] ?? value.split(':')[0] ?? '';
  return source.startsWith('/') && (whole(source) || /docker\.sock$/.test(source));
}

const startsPrograms =
  /^(alias\..*|core\.(fsmonitor|hookspath|sshcommand|gitproxy|editor|pager|askpass|attributesfile)|pager\..*|diff\.external|diff\..*\.(command|textconv)|filter\..*|merge\..*\.driver|credential\..*|gpg\..*|.*tool\..*\.(cmd|path)|url\..*|include(if)?\..*|protocol\..*|remote\..*\.(uploadpack|receivepack|proxy|vcs)|sequence\.editor|uploadpack\..*|http\..*|safe\.directory)$/i;

function gitDestruction(words: readonly string[]): string | undefined {
  // The subcommand comes after options, of which some have a value.
  let at = 0;
  while (at < words.length && words[at]?.startsWith('-') === true)
    at += /^(-C|-c|--git-dir|--work-tree|--namespace|--exec-path|--config-env|--super-prefix)$/.test(words[at] ?? '') ? 2 : 1;
  const name = words[at] ?? '';
  const rest = words.slice(at + 1);
  const operands = operandsOf(rest);
  switch (name) {
    case 'push':
      if (hasLetter(rest, /[fd]/, /^--(for|mi|de|pru)/)) return 'It rewrites or deletes what others have.';
      if (operands.slice(1).some((word) => /^[+:]/.test(word) && word !== ':')) return 'It rewrites or deletes what others have.';
      break;
    case 'clean':
      if (hasLetter(rest, /[xX]/, /^$/) && !hasLetter(rest, /n/, /^--dry/))
        return 'It removes ignored files, which git cannot bring back.';
      break;
    case 'config':
      if (operands[0] === 'get' || operands[0] === 'list' || rest.some((word) => /^--(get|list)|^-l$/.test(word))) break;
      if (rest.some((word) => /^--(global|system)|^-f$|^--file/.test(word))) return 'It changes git for all repositories.';
      if (operands.some((word) => startsPrograms.test(word))) return 'It makes git start a program.';
      break;
    case 'filter-branch':
    case 'filter-repo':
      return 'It rewrites the whole history.';
    case 'reflog':
      if (operands[0] === 'expire' || operands[0] === 'delete') return 'It removes what could bring work back.';
      break;
    case 'gc':
    case 'prune':
      if (name === 'prune' || rest.some((word) => /^--prune(=now|=all)/.test(word)))
        return 'It removes what could bring work back.';
      break;
    case 'stash':
      if (operands[0] === 'clear') return 'It removes all stashes.';
      break;
    default:
      break;
  }
  return undefined;
}
