import { createRequire } from 'node:module';
import { InvalidArgumentError } from 'commander';

/** A whole number, as an option's value. */
export function wholeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value)) throw new InvalidArgumentError('It must be a whole number.');
  return value;
}

/** A whole number, 1 or more, as an option's value. */
export function countingNumber(text: string): number {
  const value = wholeNumber(text);
  if (value < 1) throw new InvalidArgumentError('It must be a whole number, 1 or more.');
  return value;
}

/** A TCP port, 0 for any that is free, as an option's value. */
export function portNumber(text: string): number {
  const value = wholeNumber(text);
  if (value < 0 || value > 65_535) throw new InvalidArgumentError('It must be a port: 0 to 65535.');
  return value;
}

/** An amount of US dollars above nothing, as an option's value. */
export function dollars(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0 && value <= 1e9))
    throw new InvalidArgumentError('It must be an amount of US dollars, such as 2.50.');
  return value;
}

/** A fraction from 0 to 1, as an option's value. */
export function fraction(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1))
    throw new InvalidArgumentError('It must be a fraction from 0 to 1.');
  return value;
}

/** Names separated by commas, as a line of CSV: one that holds a comma stands in double quotes. */
export function commaSeparated(text: string): readonly string[] {
  const parts = csvRow(text)?.map((part) => part.trim());
  if (parts === undefined) throw new InvalidArgumentError('Close each double quote, and keep to one line.');
  if (parts.length === 0 || parts.includes(''))
    throw new InvalidArgumentError('Separate the labels by single commas, none of them empty.');
  return parts;
}

/** The fields of the one row that a text is; undefined for what is no row, or several. */
function csvRow(text: string): readonly string[] | undefined {
  if (!text.includes('"')) return text.split(',');
  // Loaded only for quotes: most command lines have none.
  const { parse } = createRequire(import.meta.url)('csv-parse/sync') as typeof import('csv-parse/sync');
  try {
    const rows: readonly (readonly string[])[] = parse(text, { trim: true, record_delimiter: '\n' });
    return rows.length === 1 ? rows[0] : undefined;
  } catch {
    return undefined;
  }
}

/** A name that may hold anything, commas too, collected. */
export function collected(text: string, before: readonly string[] = []): readonly string[] {
  if (text.trim() === '') throw new InvalidArgumentError('It must not be empty.');
  return [...before, text.trim()];
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
