/**
 * Loaded into a rehearsed process by a test (`--import …/sabotage.ts?<name>`): it takes one protection out of Timonel as the module is read, so that
 * the drill of it has something to find. A protection that is not where it was is an error, and the process does not start.
 */
import { registerHooks } from 'node:module';
import { sabotages } from './sabotages.ts';

const name = new URL(import.meta.url).search.slice(1);
const sabotage = sabotages[name];
if (sabotage === undefined) throw new Error(`There is no sabotage "${name}".`);

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const changes = sabotage.filter(({ file }) => url.endsWith(`/${file}`));
    if (changes.length === 0 || loaded.source === undefined || loaded.source === null) return loaded;
    const source = changes.reduce(
      (text, { file, protection, without }) => {
        if (!text.includes(protection)) throw new Error(`${file} has no "${protection}" any more.`);
        return text.replace(protection, without);
      },
      typeof loaded.source === 'string' ? loaded.source : Buffer.from(loaded.source as ArrayBuffer).toString('utf8'),
    );
    return { ...loaded, source };
  },
});
