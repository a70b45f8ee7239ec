/** The order of calls within a plan: which open calls may be made now, and which wait for others. */
import type { AnyTool } from '../tools/contract.ts';
import type { OpenToolCall } from './progress.ts';

/** Whether a call waits for a person's decision. */
export function waitsForPerson({ approval, verdict }: OpenToolCall): boolean {
  return approval === undefined && verdict.kind === 'ask';
}

/**
 * The calls that no earlier call of the plan holds back; those that wait for a person are among them, since asking changes nothing. Never empty
 * where there is an open call. What was made is stored before this is asked again, so that after a crash these alone may have been made.
 */
export function readyCalls(open: readonly OpenToolCall[], tools: readonly AnyTool[]): OpenToolCall[] {
  const lanes = open.map(({ call }) => {
    const tool = tools.find(({ name }) => name === call.tool);
    return tool === undefined ? undefined : laneOf(tool, call.args);
  });
  return open.filter((call, at) => waitsForPerson(call) || !lanes.slice(0, at).some((earlier) => excludes(earlier, lanes[at])));
}

/** `undefined` beside all others, `true` after all others that have a lane. */
type Lane = true | string | undefined;

function excludes(one: Lane, other: Lane): boolean {
  if (one === undefined || other === undefined) return false;
  return one === true || other === true || one === other;
}

function laneOf(tool: AnyTool, args: unknown): Lane {
  const { serial, effect } = tool;
  if (serial === undefined || serial === true) return effect === 'write' ? true : serial;
  try {
    return `key ${serial(tool.input.parse(args))}`;
  } catch {
    return true;
  }
}
