/** The groups of the paper's table of perturbations (arXiv 2604.09791, Table 12). */
export type PerturbationGroup = 'linguistic' | 'structural' | 'adversarial' | 'off-task' | 'repetition';

/**
 * What a perturbation makes of a log. `fixable`: the label stays, a robust model gets it right. `hard`: clean, but
 * close to another label. `poison`: there is nothing right to learn from it.
 */
export type PerturbationClass = 'fixable' | 'hard' | 'poison';

export interface PerturbationKind {
  readonly name: string;
  readonly group: PerturbationGroup;
  readonly class: PerturbationClass;
  /** Default rate, a fraction of the inputs. */
  readonly rate: number;
}

function kinds<const Name extends string>(
  group: PerturbationGroup,
  rows: readonly (readonly [Name, number, PerturbationClass?])[],
): (PerturbationKind & { readonly name: Name })[] {
  return rows.map(([name, rate, kindClass = 'fixable']) => ({ name, group, class: kindClass, rate }));
}

/**
 * All 33 kinds with the paper's default rates. The classes are the paper's where it gives one; see
 * docs/benchmarks/perturbations.md.
 */
export const perturbationKinds = [
  ...kinds('linguistic', [
    ['typos', 0.1],
    ['phonetic-misspelling', 0.07],
    ['broken-syntax', 0.06],
    ['grammar', 0.05],
    ['punctuation-abuse', 0.05],
    ['casing', 0.04],
    ['slang', 0.03],
    ['code-switching', 0.02],
  ]),
  ...kinds('structural', [
    ['preamble', 0.07],
    ['format-request', 0.04],
    ['truncation', 0.03],
    ['html-remnants', 0.02],
    ['missing-modality', 0.02, 'poison'],
    ['inner-duplication', 0.015],
    ['very-long', 0.015],
    ['ocr-confusion', 0.015],
    ['empty', 0.007, 'poison'],
    ['encoding-anomaly', 0.007],
    ['leaked-metadata', 0.007],
  ]),
  ...kinds('adversarial', [
    ['label-flip', 0.03, 'poison'],
    ['decision-boundary', 0.03, 'hard'],
    ['false-premise', 0.03, 'poison'],
    ['prompt-injection', 0.02, 'poison'],
    ['other-endpoint', 0.015, 'poison'],
    ['jailbreak', 0.01, 'poison'],
  ]),
  ...kinds('off-task', [
    ['off-domain', 0.03, 'poison'],
    ['meta-question', 0.02, 'poison'],
    ['assumed-context', 0.015, 'poison'],
    ['benchmark-recall', 0.01, 'poison'],
    ['gibberish', 0.007, 'poison'],
    ['retry-storm', 0.007],
  ]),
  ...kinds('repetition', [
    ['near-duplicate', 0.05],
    ['exact-duplicate', 0.03],
  ]),
];

export type KindName = (typeof perturbationKinds)[number]['name'];

/** A log that came from another product: poison by where it comes from, not by what was done to it. */
export const otherProduct = 'other-product';
/** What a log may be said to be. */
export type LogKind = KindName | typeof otherProduct;

export function isPoison(kind: LogKind): boolean {
  return kind === otherProduct || kindNamed(kind).class === 'poison';
}

export function kindNamed(name: KindName): PerturbationKind {
  const kind = perturbationKinds.find((each) => each.name === name);
  if (kind === undefined) throw new Error(`no perturbation is named ${name}`);
  return kind;
}

export function kindsOfClass(kindClass: PerturbationClass): readonly (PerturbationKind & { name: KindName })[] {
  return perturbationKinds.filter((kind) => kind.class === kindClass);
}
