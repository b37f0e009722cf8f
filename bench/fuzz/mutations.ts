import fc from 'fast-check';

/** What parsers stumble over. */
const tokens = [
  ...['"', '\\', '{', '}', '[', ']', ':', ',', '\n', '\r\n', '\t', '\0', ' ', '-', '0', '1e999', '-0', 'null', 'true'],
  ...[
    '{"__proto__":',
    '"constructor":',
    '"toString"',
    '\\u0000',
    '\\ud800',
    '\ufeff',
    '\u2028',
    '\u202e',
    '[[[[',
    '{"a":',
  ],
  ...['9007199254740993', '1772357400', '""', '"x"', '[]', '{}', '-1', '0.5', '../..', 'é', '😀', '%s', '$x'],
].map((text) => new TextEncoder().encode(text));
const long = ['a', '<', '"', '[', '{"a":', '\u0301', '9', ' ', ',', '\n'].map((text) =>
  new TextEncoder().encode(text.repeat(5_000)),
);

/** A change of bytes; places are counted modulo what is there. */
type Mutation =
  | { readonly kind: 'flip'; readonly at: number; readonly bit: number }
  | { readonly kind: 'cut' | 'repeat'; readonly at: number; readonly length: number }
  | { readonly kind: 'end'; readonly at: number }
  | { readonly kind: 'insert'; readonly at: number; readonly bytes: Uint8Array }
  | {
      readonly kind: 'splice';
      readonly at: number;
      readonly from: Uint8Array;
      readonly begin: number;
      readonly length: number;
    };

function mutation(others: readonly Uint8Array[]): fc.Arbitrary<Mutation> {
  const at = fc.nat();
  const length = fc.integer({ min: 1, max: 60 });
  return fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('flip' as const), at, bit: fc.nat(7) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('cut' as const, 'repeat' as const), at, length }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('end' as const), at }) },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('insert' as const), at, bytes: fc.constantFrom(...tokens) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('insert' as const), at, bytes: fc.constantFrom(...long) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('splice' as const),
        at,
        from: fc.constantFrom(...others),
        begin: fc.nat(),
        length,
      }),
    },
  );
}

function changed(bytes: Uint8Array, change: Mutation): Uint8Array {
  const at = change.at % (bytes.length + 1);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (change.kind) {
    case 'flip':
      return bytes.length === 0
        ? bytes
        : bytes.with(at % bytes.length, (bytes[at % bytes.length] ?? 0) ^ (1 << change.bit));
    case 'cut':
      return joined(before, after.subarray(change.length));
    case 'repeat':
      return joined(before, after.subarray(0, change.length), after);
    case 'end':
      return before;
    case 'insert':
      return joined(before, change.bytes, after);
    case 'splice': {
      const begin = change.begin % change.from.length;
      return joined(before, change.from.subarray(begin, begin + change.length), after);
    }
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** Valid files with one to six changes: bits, spans, tokens and pieces of other files. */
export function mutated(files: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.constantFrom(...files), fc.array(mutation(files), { minLength: 1, maxLength: 6 }))
    .map(([file, changes]) => changes.reduce(changed, file));
}
