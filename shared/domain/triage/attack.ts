import { type AttackPattern, injectionPatterns, jailbreakPatterns } from './attack-patterns.ts';
import type { DetectorName } from './detector-name.ts';
import { type Finding, quote } from './finding.ts';
import { asRead } from './normalise.ts';

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

/** As strong as all signs together, each of which may be wrong by itself. */
function detect(text: string, patterns: readonly AttackPattern[], kind: DetectorName, what: string): Finding | null {
  const found = patterns.flatMap(({ pattern, weight }) => {
    const match = pattern.exec(text);
    return match === null ? [] : [{ weight, shown: match[0] }];
  });
  const [first] = found;
  if (first === undefined) return null;
  const miss = found.reduce((product, { weight }) => product * (1 - weight), 1);
  return { kind, strength: 1 - miss, reason: `${what}: ${quote(first.shown)}` };
}
