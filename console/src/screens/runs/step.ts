/** A step of a run, as the API shows it. */
import type { Json } from '../../api/operations.ts';

export interface LocalText {
  es: string;
  en: string;
}

export interface Verdict {
  kind: 'allow' | 'deny' | 'ask';
  rule?: string;
  reason?: LocalText;
  remembered?: Json;
}

/** Members of the events, as far as the console shows them by name. */
export interface StepData {
  planner?: 'model' | 'flow';
  model?: string;
  milliseconds?: number;
  usage?: { inputTokens: number; outputTokens: number };
  cost?: number;
  calls?: { tool: string }[];
  degraded?: string;
  callId?: string;
  tool?: string;
  verdict?: Verdict | string;
  status?: 'completed' | 'denied' | 'rejected' | 'invalid' | 'failed';
  args?: Json;
  output?: Json;
  rule?: string;
  reason?: LocalText | string;
  recovered?: boolean;
  decision?: 'approve' | 'reject';
  by?: string;
  text?: string;
  outcome?: string;
}

export interface Step {
  index: number;
  event: string;
  data: StepData;
  href?: string | undefined;
}
