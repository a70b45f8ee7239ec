/** A text cannot be read as changes; the message says where, and what would work. */
export class MalformedChanges extends Error {
  override readonly name = 'MalformedChanges';
}
