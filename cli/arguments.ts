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
