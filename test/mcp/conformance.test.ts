/** What the protocol's own suite demands of a client. `npm run nightly -- mcp` plays both revisions, what no revision demands, and the control of each. */
import { expect, it } from 'vitest';
import { allClientScenarios, playConformance, unmet } from './conformance.ts';

const all = process.env['TIMONEL_TEST_MCP_SCENARIOS'] === 'all';

it('meets the client scenarios of the suite', { timeout: all ? 600_000 : 120_000 }, async () => {
  const played = await (all ? allClientScenarios() : playConformance(['--requirements', '2026-07-28']));
  expect(unmet(played)).toEqual([]);
  // A suite that ran nothing, or less than it did, was not met.
  expect(played.length).toBe(all ? 70 : 39);
  if (all) expect(new Set(played.map(({ name }) => name)).size).toBe(48);
});

it('and none where nothing listens, though the suite counts checks as passed there', {
  timeout: all ? 600_000 : 60_000,
}, async () => {
  const nobody = 'http://127.0.0.1:9/mcp';
  const played = await (all ? allClientScenarios(nobody) : playConformance(['--scenario', 'http-invalid-tool-headers'], nobody));
  expect(played.some(({ passed }) => passed > 0)).toBe(true);
  expect(unmet(played)).toEqual(played);
});
