import { RatchetError } from '../../../domain/base/errors.ts';
import type { EmbeddedConfiguration } from './embedded-configuration.ts';
import { embeddingScale, type LinearHead } from './linear-head.ts';
import { type RowTargets, rowTargets } from './row-targets.ts';
import { SoftmaxRegression } from './softmax-regression.ts';
import { maximumFloats, type TrainingRows } from './training-rows.ts';

/** What fits on one dataset by one configuration share. */
export interface HeadSource {
  readonly rows: TrainingRows;
  readonly configuration: EmbeddedConfiguration;
  readonly seed: number;
  /** One embedding a row; null when neither the head nor its teacher has a foundation. */
  readonly embeddings: Float32Array | null;
  /** Floats of an embedding; 0 where there are none. */
  readonly width: number;
}

/**
 * In nats; chosen on validation text with the default L2 strength (docs/benchmarks/trainer.md). With many examples it
 * brings a tenth of a point, three on noisy text; with few it does no harm.
 */
const margin = 4;

/** The regression that learns some rows of a dataset, and what it learns. */
export class HeadProblem {
  readonly regression: SoftmaxRegression;
  readonly targets: RowTargets;
  readonly denseWidth: number;
  readonly #source: HeadSource;

  /** @throws RatchetError TrainingFailed where it would take too much memory */
  constructor(source: HeadSource, members: Int32Array, teacher: LinearHead | null) {
    const { rows, configuration, embeddings, width } = source;
    this.#source = source;
    this.targets = rowTargets(rows, members, configuration, teacher, { values: embeddings, width });
    const classes = this.targets.classes.length;
    const viewsARow = configuration.foundation !== 'none' && configuration.embeddingDropout > 0 ? 2 : 1;
    if (rows.rowOf.length * viewsARow * classes > maximumFloats) {
      throw new RatchetError(
        'TrainingFailed',
        `${rows.rowOf.length} examples × ${classes} labels are too many for the embedded trainer.`,
      );
    }
    this.denseWidth = configuration.foundation === 'none' ? 0 : width;
    this.regression = new SoftmaxRegression({
      sparse: rows.sparse,
      sparseFeatures: rows.low.length,
      dense: this.denseWidth === 0 || embeddings === null ? new Float32Array() : embeddings,
      denseWidth: this.denseWidth,
      denseScale: embeddingScale,
      ...this.targets,
      classes,
    });
  }

  fit(members: Int32Array, epochs: number, onEpoch: (done: number, total: number) => void): void {
    const { l2, embeddingDropout: denseDropout } = this.#source.configuration;
    this.regression.fit(members, { epochs, l2, margin, denseDropout, seed: this.#source.seed, onEpoch });
  }
}
