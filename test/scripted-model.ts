export { type ScriptedModel, type ScriptLine as Line, scriptedModel } from '../src/testing/scripted-model.ts';
