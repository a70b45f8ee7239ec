/** Names of files and folders that hold secrets. A name is enough: nothing is read to judge it. */

/** Kept out of `.env*`: examples without values, which people commit. */
const exampleEnding = /[._-](?:example|sample|template|dist|defaults)$/;

const secretFolders = new Set([
  '.ssh',
  '.gnupg',
  '.aws',
  '.azure',
  '.kube',
  '.password-store',
  '.gcloud',
  '.oci',
  '.terraform.d',
  '.secrets',
]);

/** Folders below `.config` whose files are credentials. */
const secretConfigurations = new Set(['gcloud', 'gh', 'hub', 'op', 'doctl', 'rclone', 'sops']);

const secretNames = new Set([
  '.npmrc',
  '.yarnrc.yml',
  '.netrc',
  '_netrc',
  '.pypirc',
  '.pgpass',
  '.my.cnf',
  '.mylogin.cnf',
  '.git-credentials',
  '.gitcredentials',
  '.dockercfg',
  '.dockerconfigjson',
  '.htpasswd',
  '.boto',
  '.s3cfg',
  '.vault-token',
  '.terraformrc',
  'terraform.rc',
  'credentials',
  'credentials.json',
  'credentials.toml',
  'credentials.yml',
  'credentials.yaml',
  'credentials.yml.enc',
  'application_default_credentials.json',
  'client_secret.json',
  'service-account.json',
  'service_account.json',
  'kubeconfig',
  'master.key',
  'secrets.json',
  'secrets.yml',
  'secrets.yaml',
  'secrets.toml',
  'auth.json',
  'keystore.properties',
  '.bash_history',
  '.zsh_history',
  '.psql_history',
  '.python_history',
  '.node_repl_history',
]);

const secretEndings = [
  '.pem',
  '.key',
  '.p12',
  '.pfx',
  '.jks',
  '.keystore',
  '.kdbx',
  '.kdb',
  '.ppk',
  '.p8',
  '.pkcs12',
  '.asc.key',
  '.agekey',
  '.ovpn',
  '.kubeconfig',
  '.tfvars',
  '.tfstate',
  '.tfstate.backup',
];

/** Endings under which editors and people keep a copy of a file; what they are copies of decides. */
const copyEnding = /(?:~|\.(?:bak|backup|old|orig|save|swp|swo|tmp|copy|[0-9]{1,3}))$/;

/**
 * Whether a path names a file with secrets, or lies in a folder of such: `.env` and `.env.*` (not `.env.example`, `.sample`, `.template`), private keys,
 * `.npmrc`, `.netrc`, credentials, `.ssh/`, `.aws/`. Case counts as little as on a file system that ignores it. Pure: files with a secret's content
 * under another name are told by {@link hasPrivateKey}.
 */
export function isSecretPath(path: string): boolean {
  const parts = path.split(/[/\\]/).filter((part) => part !== '' && part !== '.');
  const names = parts.map(plainName);
  return names.some(
    (name, position) =>
      secretFolders.has(name) ||
      (names[position - 1] === '.config' && secretConfigurations.has(name)) ||
      (names[position - 1] === '.docker' && name === 'config.json') ||
      // A folder may well be called "credentials" or "x.key": its files are judged by their own names.
      (position === names.length - 1 && isSecretName(name)) ||
      (position < names.length - 1 && /^\.env(?:\.|$)/.test(name)),
  );
}

/** Lower case and composed, without characters that file systems ignore, and without what Windows drops from an end. */
function plainName(name: string): string {
  return name
    .normalize('NFKC')
    .replace(/[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u206a-\u206f\ufeff]/g, '')
    .replace(/::?\$data$/i, '')
    .replace(/[. ]+$/, '')
    .toLowerCase();
}

function isSecretName(name: string): boolean {
  const original = name.replace(copyEnding, '').replace(/^\.#|^#|#$/g, '');
  // Editors put a dot before the name of the copy that they keep.
  if (original !== name && original !== '' && (isSecretName(original) || isSecretName(original.replace(/^\./, '')))) return true;
  if (/^\.env(?:rc)?(?:[._-].*)?$/.test(name) || name.endsWith('.env')) return !exampleEnding.test(name);
  if (/^id_(?:rsa|dsa|ecdsa|ed25519|xmss)(?:_sk)?(?:[._-].*)?$/.test(name) || /^id_[a-z0-9]+$/.test(name))
    return !name.endsWith('.pub');
  return secretNames.has(name) || secretEndings.some((ending) => name.endsWith(ending));
}

/** Whether a name is that of git's own folder (or file, in a worktree), as any file system would understand it. */
export function isGitName(name: string): boolean {
  return /^(?:\.git|git~[0-9]+)$/.test(plainName(name));
}

const keyHead = /^(?:-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d|AGE-SECRET-KEY-1)/m;

/** Bytes of a file's beginning that {@link hasPrivateKey} wants to see. */
export const keyHeadBytes = 4_096;

/**
 * Whether a file's beginning is that of a private key, whatever its name. The header has to begin a line, with nothing but key material after it: code
 * that speaks of such headers is no key.
 */
export function hasPrivateKey(head: Uint8Array): boolean {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, keyHeadBytes))
    .toString('latin1')
    .replaceAll('\0', '');
  const found = keyHead.exec(text);
  if (found === null) return false;
  const lines = text
    .slice(found.index)
    .split(/\r\n|\r|\n/)
    .slice(1, 4)
    .filter((line) => line.trim() !== '');
  return lines.every((line) => /^(?:[A-Za-z0-9+/=]+|[A-Za-z-]+: .*|-----END .*)$/.test(line));
}
