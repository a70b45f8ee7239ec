/** What the tutor can do; a model and the flows have the same. */
import { courseNotes, declarePlan, hint, look } from './help-tools.ts';
import { offersTool } from './offers.ts';
import { runTests, showExercise, submit } from './work-tools.ts';

export const tools = [look, showExercise, runTests, submit, hint, courseNotes, declarePlan, offersTool];
