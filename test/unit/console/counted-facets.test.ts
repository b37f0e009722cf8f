import { expect, test } from 'vitest';
import { countedFacets } from '../../../console/parts/counted-facets.ts';

test('what a model knows is counted in the words of its task', () => {
  expect(countedFacets('extraction', 5)).toBe('5 entity types');
  expect(countedFacets('extraction', 1)).toBe('1 entity type');
  expect(countedFacets('classification', 2)).toBe('2 labels');
});
