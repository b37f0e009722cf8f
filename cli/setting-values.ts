import { RatchetError } from '../shared/domain/base/errors.ts';
import { quoted } from '../shared/domain/base/quoted.ts';
import { factsOfSetting } from '../shared/domain/models/setting-facts.ts';
import { commaSeparated } from './arguments.ts';

/**
 * Settings as a command line assigns them, `name=value`, by name: a list as names separated by commas, one that holds a comma
 * in double quotes, or as a JSON array; a pattern ends where the next one begins, `,NAME=`. Numbers are numbers, all else as text. Whether they are right is checked elsewhere.
 * @throws RatchetError InvalidInput for what is no assignment, what is no list, and for a name given twice
 */
export function settingValues(assignments: readonly string[]): Readonly<Record<string, unknown>> {
  const values = new Map<string, unknown>();
  for (const text of assignments) {
    const at = text.indexOf('=');
    const name = text.slice(0, Math.max(0, at)).trim();
    if (name === '') {
      throw new RatchetError('InvalidInput', `${JSON.stringify(text.slice(0, 120))} assigns nothing.`, {
        mend: 'Write name=value, for example targetScore=0.98.',
      });
    }
    if (values.has(name)) {
      throw new RatchetError('InvalidInput', `The setting ${JSON.stringify(name.slice(0, 80))} is given twice.`, {
        mend: 'Give each setting once.',
      });
    }
    values.set(name, readValue(name, text.slice(at + 1).trim()));
  }
  return Object.fromEntries(values);
}

function readValue(name: string, text: string): unknown {
  if (Array.isArray(factsOfSetting(name)?.default)) return listOf(name, text);
  return text === '' || Number.isNaN(Number(text)) ? text : Number(text);
}

/** Settings whose entries are NAME=EXPRESSION: an expression may hold commas. */
const patternLists: ReadonlySet<string> = new Set(['redactPatterns']);

function listOf(setting: string, text: string): unknown {
  if (text.startsWith('[')) {
    try {
      return JSON.parse(text);
    } catch {
      // Then it is a name that begins with a bracket.
    }
  }
  if (text === '' || text === 'none') return [];
  if (patternLists.has(setting) && !text.startsWith('"')) {
    return text.split(/,(?=\s*[A-Z][A-Z0-9_]*=)/).map((pattern) => pattern.trim());
  }
  try {
    return commaSeparated(text);
  } catch (error) {
    throw new RatchetError('InvalidInput', `${setting}=${quoted(text)} is no list.`, {
      cause: error,
      mend: 'Separate the entries by single commas, and put one that holds a comma in "double quotes".',
    });
  }
}
