/** Headers of a mail: names in lower case, values unfolded, in the order in which they stand. The first is the one that was added last. */
export class MailHeaders {
  readonly #headers: readonly { key: string; value: string }[];

  constructor(headers: readonly { key: string; value: string }[]) {
    this.#headers = headers;
  }

  all(name: string): string[] {
    return this.#headers.filter(({ key }) => key === name).map(({ value }) => value);
  }

  first(name: string): string | undefined {
    return this.#headers.find(({ key }) => key === name)?.value;
  }
}
