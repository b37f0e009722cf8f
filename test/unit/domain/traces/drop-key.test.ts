import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyParts } from '../../../../shared/adapters/local/object-key.ts';
import { parseDropKey } from '../../../../shared/domain/traces/drop-key.ts';

const part = fc.stringMatching(/^[A-Za-z0-9=_-][A-Za-z0-9=_.-]{0,20}$/);
const modelId = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,20}$/);

test('a drop is found by its model, however the event has encoded its key', () => {
  fc.assert(
    fc.property(
      modelId,
      fc.array(part, { maxLength: 3 }),
      part,
      fc.constantFrom('.jsonl', '.jsonl.gz'),
      (model, folders, name, end) => {
        const key = ['drops', model, ...folders, `${name}${end}`].join('/');
        const drop = { kind: 'drop', key, modelId: model };
        expect(parseDropKey(key)).toEqual(drop);
        expect(parseDropKey(key.split('/').map(encodeURIComponent).join('/'))).toEqual(drop);
      },
    ),
  );
});

test('whatever counts as a drop can be stored, and is refused otherwise', () => {
  const unit = fc
    .integer({ min: 0, max: 0xffff })
    .map((code) => String.fromCharCode(code < 0x8000 ? code % 0x80 : code));
  const text = fc.array(unit, { maxLength: 40 }).map((units) => units.join(''));
  fc.assert(
    fc.property(text, (rest) => {
      const parsed = parseDropKey(`drops/m1/${rest}.jsonl`);
      if (parsed.kind === 'drop') expect(keyParts(parsed.key)[1]).toBe(parsed.modelId);
      else expect(parsed.kind).toBe('refused');
    }),
  );
});
