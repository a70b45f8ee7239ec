/** A process that looks at releases, for `decision-halved.test.ts`. Says when it is ready, and looks when it is told to. */
import { readSettings } from '../../src/config.ts';
import { openTimonel } from '../../src/main.ts';
import { safeNotes } from '../notes-agent.ts';

const timonel = await openTimonel(readSettings(), { agents: [safeNotes] });
process.on('message', () => void timonel.releases.watch.look());
process.on('disconnect', () => process.exit(1));
process.send?.('ready');
