/** What a score was measured on. */
export const measuredWords = {
  'out-of-fold': 'out of fold, on traffic',
  'cross-validation': 'cross-validated, on first examples',
  holdout: 'on first examples held out',
} as const;
