import { describe, expect, test } from 'vitest';
import { ScoreNames, speaksOfCorrectness } from '../../../../shared/intake/normalise/score-names.ts';

describe('speaksOfCorrectness', () => {
  test.each([
    ...[
      'correct',
      'correctness',
      'Answer Correctness',
      'isCorrect',
      'accuracy',
      'right',
      'label',
      'verdict',
      'quality',
    ],
    ...['user_feedback', 'user-feedback', 'thumbs', 'thumbs_up', 'human_eval', 'exact_match', 'feedback', ''],
  ])('%j does', (name) => expect(speaksOfCorrectness(name)).toBe(true));

  test.each([
    ...['toxicity', 'pii', 'on_brand', 'latency', 'sentiment', 'language', 'hallucination', 'incorrect', 'wrong'],
    ...['thumbs_down', 'toxicity_score', 'pii label', 'user', 'model'],
  ])('%j does not', (name) => expect(speaksOfCorrectness(name)).toBe(false));
});

describe('ScoreNames', () => {
  test('a name that says nothing of correctness is a verdict only alone', () => {
    const names = new ScoreNames([]);
    expect(names.see('helpful')).toBe(false);
    expect(names.isAlone()).toBe(true);
    expect(names.see('correctness')).toBe(true);
    expect(names.isAlone()).toBe(false);
  });

  test('where names are given, they are verdicts and no others', () => {
    const names = new ScoreNames(['on_brand']);
    expect(names.see('correctness')).toBe(false);
    expect(names.isAlone()).toBe(false);
    expect(names.see('on_brand')).toBe(true);
  });
});
