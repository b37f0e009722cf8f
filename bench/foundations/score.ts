/** The share of right answers of one training, a fraction. */
export interface Score {
  readonly foundation: string;
  readonly intents: number;
  readonly seed: number;
  readonly accuracy: number;
  readonly tested: number;
}

/** How fast a foundation embeds on one thread. */
export interface Speed {
  readonly foundation: string;
  readonly width: number;
  readonly textsPerCpuSecond: number;
}
