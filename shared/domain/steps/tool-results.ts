import { type Step, stepText } from './step-text.ts';

const failed =
  /^\s*(?:error|failed|failure|fatal)\b|"(?:error|status)"\s*:\s*"(?:error|failed|[^"]{0,40}not found)|\bexit ?code: [1-9]|\bTraceback \(most recent call last\)|\b[A-Z][A-Za-z]{2,40}(?:Error|Exception)\b: |\bHTTP(?:\/\S{1,4})? [45]\d\d\b|\b(?:timed out|timeout|rate limit exceeded|permission denied|connection refused)\b|"is_?[eE]rror"\s*:\s*true/u;
const nothing =
  /^(?:\s|exitcode: 0 \(execution succeeded\)|Code output:|none|null|\[\]|\{\}|""|no results?(?: found)?\.?)*$/iu;
/** A failure is told at the start or at the end of what a tool writes. */
const looked = 2_000;

/** Whether a step is what a tool gave back. */
export function isResult({ type }: Step): boolean {
  return type === 'tool_result';
}

/** Whether what a tool gave back is an error, or nothing at all; null where it is an answer. */
export function failureOf(step: Step): 'error' | 'nothing' | null {
  const text = stepText(step);
  if (failed.test(text.slice(0, looked)) || failed.test(text.slice(-looked))) return 'error';
  return text.length < looked && nothing.test(text) ? 'nothing' : null;
}
