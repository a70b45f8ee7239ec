import type { JudgedCommand } from '../contract.ts';
import { readOnlyPrograms } from './programs.ts';

const networked = new Set(
  'curl wget aria2c http https xh ssh scp sftp rsync nc ncat netcat socat telnet ftp lftp tftp rclone ping ping6 traceroute tracepath mtr dig host nslookup whois nmap apt apt-get yum dnf pacman brew apk snap flatpak pip pip3 pipx uv poetry npx gem gh glab aws gcloud az kubectl helm docker podman terraform heroku vercel netlify flyctl'.split(
    ' ',
  ),
);
/** Programs that use the network for some of what they do: these words. */
const sometimes: Readonly<Record<string, RegExp>> = {
  git: /^(push|fetch|pull|clone|ls-remote|submodule|remote|archive|send-email|request-pull|svn|p4|lfs|daemon)$/,
  npm: /^(i|in|ins|install|ci|add|update|up|publish|view|info|search|audit|login|outdated|exec|x)$/,
  pnpm: /^(i|install|add|update|up|publish|dlx|audit|outdated)$/,
  yarn: /^(install|add|up|upgrade|publish|dlx|npm)$/,
  bun: /^(i|install|add|update|publish|x)$/,
  cargo: /^(install|fetch|update|publish|search|login)$/,
  go: /^(get|install|mod)$/,
};
const local = new Set(
  'rm mv cp ln mkdir rmdir touch chmod chown tee truncate patch kill tar zip unzip gzip gunzip xz bzip2 dd shred'.split(' '),
);

/** Whether a command reaches the network, by its name. */
export function networkUse(words: readonly string[]): JudgedCommand['network'] {
  let [name = ''] = words;
  name = name.slice(name.lastIndexOf('/') + 1);
  if (networked.has(name)) return 'yes';
  const some = Object.hasOwn(sometimes, name) ? sometimes[name] : undefined;
  if (some !== undefined) {
    if (
      words.slice(1).some((word) => some.test(word)) &&
      !(name === 'git' && /^(-v|--verbose)$/.test(words[2] ?? '') && words.length === 3)
    )
      return 'yes';
    return name === 'git' ? 'no' : 'unknown';
  }
  return readOnlyPrograms.has(words[0] ?? '') || local.has(name) ? 'no' : 'unknown';
}

/** Programs that send their input somewhere. */
export function sendsInput(name: string, words: readonly string[]): boolean {
  if (/^(nc|ncat|netcat|socat|telnet|ssh|ftp|sendmail|mail|mailx|mutt)$/.test(name)) return true;
  if (name === 'curl' || name === 'wget' || name === 'http' || name === 'https')
    return words.some((word) =>
      /^(-d|-F|-T|--data.*|--form.*|--upload-file.*|--post-(data|file).*|--body-.*|--json.*|@-?)$|^-[a-zA-Z]*[dFT]/.test(word),
    );
  return false;
}
