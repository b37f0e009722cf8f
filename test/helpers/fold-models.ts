import type { Parts } from '../../shared/domain/evaluation/fold.ts';
import type { FoldModels } from '../../shared/domain/models/fold-models.ts';

/** Fold models named `part-<part>`, of all parts by default. */
export function foldModels(parts: Parts, trained: readonly number[] = [...Array(parts).keys()]): FoldModels {
  return {
    parts,
    models: Array.from({ length: parts }, (_, part) =>
      trained.includes(part) ? { predictor: 'embedded', ref: `part-${part}`, digest: null } : null,
    ),
  };
}
