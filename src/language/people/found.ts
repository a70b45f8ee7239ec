/** A piece of the text that was understood. */
export interface FoundText {
  value: string;
  start: number;
  end: number;
}
