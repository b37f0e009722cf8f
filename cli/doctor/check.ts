import { RatchetError } from '../../shared/domain/base/errors.ts';
import type { Check } from '../results.ts';

export function ok(name: string, detail: string): Check {
  return { name, status: 'ok', detail, mend: null };
}

export function warning(name: string, detail: string, mend: string): Check {
  return { name, status: 'warning', detail, mend };
}

export function problem(name: string, detail: string, mend: string): Check {
  return { name, status: 'problem', detail, mend };
}

/** A problem from what was thrown: with its own mend where it has one. */
export function thrown(name: string, error: unknown, mend: string): Check {
  const message = error instanceof Error ? error.message : String(error);
  return problem(name, message, error instanceof RatchetError ? error.mend : mend);
}
