import { describe, expect, it } from 'vitest';
import { entityAnswer } from '../../../../../shared/adapters/backends/gliner2-onnx/entities.ts';

const text = 'new york city hall';
const place = (label: string, start: number, end: number, chance: number) => ({ label, start, end, chance });
const entity = (label: string, start: number, end: number, confidence: number) => ({
  label,
  start,
  end,
  text: text.slice(start, end),
  confidence,
});
const answer = (places: Parameters<typeof entityAnswer>[1], overlaps = false) => {
  const { output, confidence, alternatives } = entityAnswer(text, places, { threshold: 0.5, overlaps });
  expect(alternatives).toEqual([{ output, confidence }]);
  return { output, confidence };
};

describe('the entities of an answer', () => {
  it('are the surest places that do not overlap, in the order of the text', () => {
    const places = [place('city', 4, 8, 0.7), place('city', 0, 8, 0.9), place('hall', 14, 18, 0.8)];
    expect(answer(places)).toEqual({
      output: [entity('city', 0, 8, 0.9), entity('hall', 14, 18, 0.8)],
      confidence: 0.8,
    });
  });

  it('may overlap where the task allows it, those of one type never', () => {
    const places = [place('hall', 0, 18, 0.95), place('city', 0, 8, 0.9), place('city', 4, 8, 0.8)];
    expect(answer(places).output).toEqual([entity('hall', 0, 18, 0.95)]);
    expect(answer(places, true).output).toEqual([entity('hall', 0, 18, 0.95), entity('city', 0, 8, 0.9)]);
  });

  it('are as sure as the surest place that is left out allows', () => {
    expect(answer([place('city', 0, 8, 0.9), place('hall', 14, 18, 0.3)]).confidence).toBe(0.7);
    expect(answer([place('hall', 14, 18, 0.4)])).toEqual({ output: [], confidence: 0.6 });
    expect(answer([])).toEqual({ output: [], confidence: 1 });
    // What is no alternative to anything, as it overlaps what is found, takes nothing from it.
    expect(answer([place('city', 0, 8, 0.9), place('hall', 4, 18, 0.45)]).confidence).toBe(0.9);
  });

  it('are the first and longest of those whose probabilities are the same to six digits', () => {
    const places = [place('city', 4, 8, 0.99999999), place('city', 0, 3, 0.9999999), place('city', 0, 8, 0.9999998)];
    expect(answer(places).output).toEqual([entity('city', 0, 8, 1)]);
  });
});
