/** Name of the file, beside the report. */
export const reviewFile = 'review.jsonl';

/** Why a person should look at a trace, most doubtful first. */
export const reviewReasons = [
  'people-disagree',
  'suspect-judgement',
  'unknown-output',
  'impossible-output',
  'left-open',
  'fail-without-correction',
  'sure-mistake',
] as const;
export type ReviewReason = (typeof reviewReasons)[number];

/** Why traces are to be reviewed, for people. */
export const reviewWords: Readonly<Record<ReviewReason, string>> = {
  'people-disagree': 'People disagree on what is right',
  'suspect-judgement': 'The judgement is suspect',
  'unknown-output': 'The right output on record is none that the model knows',
  'impossible-output': 'The right output on record cannot be one of the text',
  'left-open': 'Its label was split; say which part it is',
  'fail-without-correction': 'Judged wrong, and nobody has said what is right',
  'sure-mistake': 'Judged wrong by no person, where the champion was sure of its answer',
};
