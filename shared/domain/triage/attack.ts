import { type AttackPattern, injectionPatterns, jailbreakPatterns } from './attack-patterns.ts';
import type { DetectorName } from './detector-name.ts';
import { type Finding, quote } from './finding.ts';
import { asRead } from './normalise.ts';

/** Signs weaker than this need company. */
const sure = 0.8;

/** Instructions to the model in place of a request: prompt injection. */
export function detectInjection(text: string): Finding | null {
  return detect(
    asRead(text),
    injectionPatterns,
    'prompt-injection',
    'tries to put new instructions in place of the task',
  );
}

/** Talking the model out of its limits. */
export function detectJailbreak(text: string): Finding | null {
  return detect(asRead(text), jailbreakPatterns, 'jailbreak', 'tries to talk the model out of its limits');
}

function detect(text: string, patterns: readonly AttackPattern[], kind: DetectorName, what: string): Finding | null {
  let miss = 1;
  let shown = '';
  for (const { pattern, weight } of patterns) {
    const match = pattern.exec(text);
    if (match === null) continue;
    miss *= 1 - weight;
    if (shown === '') shown = match[0];
  }
  return 1 - miss >= sure ? { kind, strength: 1 - miss, reason: `${what}: ${quote(shown)}` } : null;
}
