import type { TestTimonel } from './timonel.ts';

/** Makes a workspace as an operator of the installation does. @returns the headers of its admin key. */
export async function newWorkspace(at: TestTimonel, id: string, more: object = {}): Promise<{ authorization: string }> {
  const { status, body } = await at.call<{ apiKey: { apiKey: string } }>('POST', '/api/v1/workspaces', {
    id,
    name: `${id[0]?.toUpperCase()}${id.slice(1)}`,
    timeZone: 'UTC',
    apiKey: true,
    ...more,
  });
  if (status !== 201) throw new Error(`${status}: ${JSON.stringify(body)}`);
  return { authorization: `Bearer ${body.apiKey.apiKey}` };
}
