/** The move cannot be made, or what it made is not what it should be. The message is for the person who started it. */
export class MoveRefused extends Error {
  override readonly name = 'MoveRefused';
}
