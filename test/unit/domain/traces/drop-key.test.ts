import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDropKey } from '../../../../shared/domain/traces/drop-key.ts';

const part = fc.stringMatching(/^[A-Za-z0-9=_-][A-Za-z0-9=_.-]{0,20}$/);
const modelId = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,20}$/);

const ending = fc.constantFrom('.jsonl', '.json.gz', '.csv', '.tsv.zst', '.parquet', '.ndjson');

test('a drop is found by its model, whatever its producer has named it', () => {
  const odd = fc.constantFrom('2026-11-01T08:00:00+01:00', 'my file', 'été', '100%', 'a+b', '日本語');
  fc.assert(
    fc.property(modelId, fc.array(part, { maxLength: 3 }), fc.oneof(part, odd), ending, (model, folders, name, end) => {
      const key = ['drops', model, ...folders, `${name}${end}`].join('/');
      expect(parseDropKey(key)).toEqual({ kind: 'drop', key, modelId: model });
    }),
  );
});

test('options are none of the drops', () => {
  expect(parseDropKey('drops/m1/ratchet.json')).toEqual({ kind: 'options' });
  expect(parseDropKey('drops/m1/monday.csv.ratchet.json')).toEqual({ kind: 'options' });
});

test('whatever counts as a drop is of its model, and is refused otherwise', () => {
  const unit = fc
    .integer({ min: 0, max: 0xffff })
    .map((code) => String.fromCharCode(code < 0x8000 ? code % 0x80 : code));
  const text = fc.array(unit, { maxLength: 40 }).map((units) => units.join(''));
  fc.assert(
    fc.property(text, (rest) => {
      const parsed = parseDropKey(`drops/m1/${rest}.jsonl`);
      if (parsed.kind !== 'drop') {
        expect(parsed.kind).toBe('refused');
        return;
      }
      expect(parsed.modelId).toBe('m1');
      expect(parsed.key.split('/')).not.toContain('..');
      expect(parsed.key).not.toMatch(/\p{Cc}/u);
    }),
  );
});

test.each([
  ['drops/m1/readme.md', 'does not end as'],
  ['drops/m1/day1', 'does not end as'],
  ['drops/m1/.jsonl', 'does not end as'],
  ['drops/m1/day1.jsonl.bz2', 'does not end as'],
  ['drops/my model/day1.jsonl', '"my model"'],
  ['drops/modèle/day1.jsonl', '"modèle"'],
  ['drops/day1.jsonl', 'folder of a model'],
  ['drops/m1/../m2/day1.jsonl', 'no key may'],
  ['drops/m1/day\u0007.jsonl', 'no key may'],
  [`drops/m1/${'é'.repeat(600)}.jsonl`, 'no key may'],
])('the refusal of %j says what is wrong with it', (key, reason) => {
  expect(parseDropKey(key)).toEqual({
    kind: 'refused',
    reason: expect.stringContaining(reason),
    mend: expect.stringContaining('drops/MODEL/NAME.jsonl'),
  });
});
