/** The types that the console calls the API by are those of the API. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type ApiDocument, consoleTypes } from '../../scripts/console-types.ts';
import { notes } from '../notes-agent.ts';
import { startTimonel } from '../timonel.ts';

const file = join(import.meta.dirname, '../../console/src/api/operations.ts');

it('has them as they are in the document of the API', async () => {
  const timonel = await startTimonel('embedded', { agents: [notes] });
  const { body } = await timonel.call<ApiDocument>('GET', '/openapi.json');
  await timonel.close();
  const text = consoleTypes(body);
  if (process.env['TIMONEL_TEST_WRITE_DOCS'] === '1') writeFileSync(file, text);
  expect(readFileSync(file, 'utf8') === text, 'Run it with TIMONEL_TEST_WRITE_DOCS=1 to write them anew.').toBe(true);
});
