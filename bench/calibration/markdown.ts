import type { Metrics } from './metrics.ts';

export interface Measured extends Metrics {
  readonly set: string;
  readonly seed: number;
  readonly way: string;
}

const columns = [
  { name: 'accuracy', head: 'Right' },
  { name: 'ece', head: 'ECE' },
  { name: 'classEce', head: 'ECE by label' },
  { name: 'brier', head: 'Brier score' },
  { name: 'logLoss', head: 'Log loss' },
] as const;

/** docs/benchmarks/calibration.md. */
export function calibrationPage(measured: readonly Measured[], versions: Readonly<Record<string, string>>): string {
  const seeds = [...new Set(measured.map(({ seed }) => seed))];
  const sets = [...new Set(measured.map(({ set }) => set))];
  return `# Calibration beside scikit-learn

\`npm run bench:calibration -- --data DIR\` trains a plain classifier (TF-IDF of words and word pairs, logistic regression with C = 10) on 20 examples of each label (20 labels of CLINC150 drawn by lot, the 7 of SNIPS), draws five folds over them, and calibrates its confidence three ways by the same answers out of fold:
Ratchet's map by label ([ADR 49](../adr/0049-confidences-are-calibrated-by-label.md)), and \`CalibratedClassifierCV\` of scikit-learn with \`ensemble=False\`, sigmoid and isotonic. Measured on at most 4,000 other texts, of which it knows nothing; seeds ${seeds.join(', ')} draw examples, folds and texts. Python ${versions.python}, scikit-learn ${versions['scikit-learn']}.

ECE: expected calibration error of the answer's confidence, 15 stretches; by label: of the answers of each label with 20 or more, each label alike (it has a floor: of few answers no share is as foretold). Brier score and log loss are of "the answer is right".
Each cell is the mean over the seeds with its 95 % interval (t); less is better but for the share right. scikit-learn's ways calibrate each label against the rest and may answer otherwise; Ratchet leaves the answer as it is.

${sets.map((set) => `## ${set}\n\n${tableOf(measured.filter((one) => one.set === set))}`).join('\n\n')}

${sets.map((set) => `## ${set}, Ratchet less each\n\n${differences(measured.filter((one) => one.set === set))}`).join('\n\n')}
`;
}

function tableOf(measured: readonly Measured[]): string {
  const rows = [...Map.groupBy(measured, ({ way }) => way)].map(([way, own]) => [
    way,
    ...columns.map(({ name }) => interval(own.map((one) => one[name]))),
  ]);
  return table(['Confidence', ...columns.map(({ head }) => head)], rows);
}

/** Of each seed, what Ratchet has less another way: paired. */
function differences(measured: readonly Measured[]): string {
  const ratchet = new Map(measured.filter(({ way }) => way === 'Ratchet').map((one) => [one.seed, one]));
  const others = [
    ...Map.groupBy(
      measured.filter(({ way }) => way !== 'Ratchet'),
      ({ way }) => way,
    ),
  ];
  const rows = others.map(([way, own]) => [
    way,
    ...columns.map(({ name }) =>
      interval(
        own.flatMap((one) => (ratchet.get(one.seed)?.[name] ?? Number.NaN) - one[name]),
        true,
      ),
    ),
  ]);
  return table(['Less', ...columns.map(({ head }) => head)], rows);
}

/** Quantile of Student's t at 0.975 for one to nine degrees of freedom. */
const t95 = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

function interval(values: readonly number[], signed = false): string {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = Math.sqrt(
    values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length - 1),
  );
  const half = ((t95[values.length - 2] ?? 1.96) * spread) / Math.sqrt(values.length);
  const sign = signed && mean > 0 ? '+' : '';
  return values.length < 2 ? `${sign}${mean.toFixed(4)}` : `${sign}${mean.toFixed(4)} ± ${half.toFixed(4)}`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
