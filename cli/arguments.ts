import { InvalidArgumentError } from 'commander';

/** A whole number, as an option's value. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value)) throw new InvalidArgumentError('It must be a whole number.');
  return value;
}

/** A fraction from 0 to 1, as an option's value. */
export function fraction(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1))
    throw new InvalidArgumentError('It must be a fraction from 0 to 1.');
  return value;
}

/** Labels separated by commas. */
export function commaSeparated(text: string): readonly string[] {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.includes('')) throw new InvalidArgumentError('Separate the labels by single commas, none of them empty.');
  return parts;
}

/** `name=value`, collected: a value that is a number becomes one. */
export function assignments(
  text: string,
  before: readonly (readonly [string, string | number])[] = [],
): readonly (readonly [string, string | number])[] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Write name=value.');
  const value = text.slice(at + 1).trim();
  return [...before, [text.slice(0, at).trim(), value === '' || Number.isNaN(Number(value)) ? value : Number(value)]];
}

/** The name of a deployed stack, as a part of names of CloudFormation stacks. */
export function stackName(text: string): string {
  if (!/^[A-Za-z][A-Za-z0-9-]{0,99}$/.test(text))
    throw new InvalidArgumentError('It must be letters, digits and "-", beginning with a letter.');
  return text;
}

/** A path that is not empty, and holds no NUL. */
export function path(text: string): string {
  if (text === '' || text.includes('\0')) throw new InvalidArgumentError('It must be a path.');
  return text;
}
