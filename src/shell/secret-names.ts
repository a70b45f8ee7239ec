import type { SecretTest } from './contract.ts';

const secretFolders = new Set(['.ssh', '.aws', '.gnupg', '.azure', '.kube', '.docker', '.gcloud', '.password-store']);
const secretFiles = new Set([
  '.netrc',
  '_netrc',
  '.npmrc',
  '.pypirc',
  '.pgpass',
  '.my.cnf',
  '.htpasswd',
  '.git-credentials',
  '.vault-token',
  '.dockercfg',
  '.terraformrc',
  'credentials',
  'credentials.json',
  'secrets.json',
  'secrets.yml',
  'secrets.yaml',
  'secrets.toml',
  'service-account.json',
  'terraform.tfstate',
  'master.key',
]);
const openTemplates = /\.(example|sample|template|dist|defaults?)$/;
const secretName =
  /^(\.env(\..+)?|.+\.env|\.envrc|id_(rsa|dsa|ecdsa|ed25519)(_sk)?|.+\.(pem|key|p12|pfx|jks|keystore|kdbx|ppk|asc))$/;

/** The files that hold secrets by their names: `.env` but not `.env.example`, private keys, credentials of tools. Case does not count. */
export const namesSecret: SecretTest = (path) => {
  const parts = path.toLowerCase().split('/');
  const name = parts.at(-1) ?? '';
  if (parts.some((part) => secretFolders.has(part))) return true;
  return secretFiles.has(name) || (secretName.test(name) && !openTemplates.test(name));
};
