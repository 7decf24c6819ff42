import { InvalidArgumentError } from 'commander';

/** Takes a path of the command line. */
export function path(text: string): string {
  if (text === '') throw new InvalidArgumentError('Expected a path, got nothing.');
  if (text.includes('\0')) throw new InvalidArgumentError('Expected a path, got one with a NUL character in it.');
  return text;
}
