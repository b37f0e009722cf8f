import fc from 'fast-check';

const codeUnit = fc.oneof(
  fc.integer({ min: 0, max: 0x7f }),
  fc.constantFrom(0x0a, 0x0d, 0x1b, 0x22, 0x5c, 0x7b, 0xfeff),
  fc.integer({ min: 0, max: 0xffff }),
);

/**
 * Any text: control characters, line breaks, quotes, halves of characters. (The `binary` unit of fast-check is slow to
 * set up.)
 */
export const anyText = fc.array(codeUnit, { maxLength: 80 }).map((units) => String.fromCharCode(...units));
