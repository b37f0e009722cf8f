/** The paper's nearest figure (arXiv 2604.09791), and why ours can or cannot be held against it. */
export const paperFigures = [
  {
    ours: 'final gap to naive, union of test parts',
    paper: '16.5 (GSM8K, Qwen3-8B) to 43.0 (TriviaQA, Llama-3.2-3B) points',
    compares:
      'In kind, not in size. The same definition of the set and of naive retraining; but decoders there, whose naive arm starts low already at the clean stage (most of the gap stands there), and one run each, without intervals.',
  },
  {
    ours: 'naive, from its first to its last stage',
    paper: '−6.9 at most (GSM8K, Qwen3-8B); +2.9 on ARC-Challenge',
    compares: 'Yes, as a direction: what poison does to a model that is trained on the newest stage alone.',
  },
  {
    ours: 'Ratchet against the clean-only oracle',
    paper: '72.2 against 71.2 (noisy part 61.7 against 62.6, clean part 86.2 against 82.5; GSM8K, Qwen3-8B)',
    compares:
      'Closest of all: an oracle that drops poison, on the clean and the noisy part of the union. Theirs is one run with no interval, and no split is kept beside the test.',
  },
  {
    ours: 'random augmentation against clean-only',
    paper: '68.5 against 71.2 (GSM8K, Qwen3-8B)',
    compares: 'Loosely: the paper does not say what is augmented; ours is half of what `all` has and a random edit of each.',
  },
  {
    ours: 'regressions after a promotion',
    paper: '1 of 198 sampled passes (CLINC150, 30 intents, GLiNER2-base)',
    compares: 'Partly: the same data; theirs counts on traces that also trained, ours on fresh text.',
  },
] as const;
