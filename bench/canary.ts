import { writeFile } from 'node:fs/promises';
import { defaultSettings } from '../shared/domain/models/settings.ts';
import { canaryReport } from './canary/markdown.ts';
import { canaries, type Planted, picked, shadows } from './canary/planted.ts';
import { simulate } from './canary/simulate.ts';

/**
 * How often watching moves back promotions that are known to be worse, as good, or better, by simulation:
 * docs/benchmarks/canary.md. `npm run bench:canary`
 */
const promotions = 1_000;
const seed = 2;
const enough = defaultSettings.watchFor;
const all = (planted: readonly Planted[]) => planted.map((one) => simulate(one, promotions, enough, seed));
const results = { shadows: all(shadows), picked: all(picked), canaries: all(canaries) };
const target = new URL('../docs/benchmarks/canary.md', import.meta.url);
await writeFile(target, canaryReport(results, promotions, enough, seed));
