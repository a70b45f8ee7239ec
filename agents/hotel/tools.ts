/** What the hotel agent can do. */
import type { AnyTool } from '../../src/index.ts';
import { changeTools } from './change-tools.ts';
import { callFrontDesk, paymentProof, specialRequest } from './desk-tools.ts';
import { hotelInformation, roomPhoto } from './information-tools.ts';
import { lateTools } from './late-tools.ts';
import { answerReview } from './review-tool.ts';
import { houseRules } from './rules-tool.ts';
import { searchTools } from './search-tools.ts';
import { stayTools } from './stay-tools.ts';
import type { PmsSystems } from './systems.ts';

/** @param systems foreign reservation systems, by the name that hotels have in `system`. */
export function hotelTools(systems: PmsSystems) {
  return {
    ...searchTools(systems),
    ...stayTools(systems),
    ...changeTools(systems),
    ...lateTools(systems),
    hotelInformation,
    houseRules,
    roomPhoto,
    specialRequest,
    paymentProof,
    callFrontDesk,
    answerReview,
  };
}

/** With the built-in system alone. */
export const tools: readonly AnyTool[] = Object.values(hotelTools({}));
