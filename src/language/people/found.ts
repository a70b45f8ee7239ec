/** A piece of the text that was understood. */
export interface Found {
  value: string;
  start: number;
  end: number;
}
