/**
 * What tests of an agent need: a whole Timonel in the test's own process, a model that follows a script, and a clock that the test moves.
 *
 * @module timonel/testing
 */
export type { ApiCall } from './testing/api-caller.ts';
export { type ScriptedModel, type ScriptLine, scriptedModel } from './testing/scripted-model.ts';
export { startTimonel, type TestOptions, type TestTimonel, type TestTurn } from './testing/start-timonel.ts';
export { type TestClock, testClock } from './testing/test-clock.ts';
