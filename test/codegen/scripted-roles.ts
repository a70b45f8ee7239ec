/** Roles for tests: a model that answers each role by a function of what it was told. */
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
import type { RoleName } from '../../agents/codegen/limits.ts';
import { type ScriptedModel, type ScriptLine, scriptedModel } from '../../src/testing.ts';

const marks: readonly (readonly [RoleName, string])[] = [
  ['analyst', 'You analyse a request'],
  ['planner', 'You plan how'],
  ['implementer', 'You write the code'],
  ['tester', 'You write the tests'],
  ['writer', 'You write the documentation'],
  ['reviewer', 'You review code'],
];

export interface RoleCall {
  role: RoleName;
  /** What the role was told. */
  input: string;
  options: LanguageModelV4CallOptions;
}

export function scriptedRoles(answer: (call: RoleCall) => ScriptLine | Promise<ScriptLine>): ScriptedModel {
  return scriptedModel((options) => {
    const said = JSON.stringify(options.prompt[0]);
    const role = marks.find(([, mark]) => said.includes(mark))?.[0];
    if (role === undefined) throw new Error(`A call of no role: ${said.slice(0, 200)}`);
    const user = options.prompt.findLast((message) => message.role === 'user');
    const input = user?.role === 'user' ? user.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n') : '';
    return answer({ role, input, options });
  });
}
