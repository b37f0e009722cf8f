/**
 * Just enough of a WebAssembly assembler to write a SIMD loop down as TypeScript, so that the repository holds the
 * source of its kernels and no binary blob. Instructions are byte arrays; see the core specification, chapter 5.
 */
export type Code = readonly number[];

const simd = (opcode: number, ...immediates: Code[]): Code => [0xfd, ...unsigned(opcode), ...immediates.flat()];
const memoryArgument = (alignmentLog2: number, offset: number): Code => [
  ...unsigned(alignmentLog2),
  ...unsigned(offset),
];

export const valueType = { i32: 0x7f, v128: 0x7b } as const;
export type ValueType = (typeof valueType)[keyof typeof valueType];

export const wasm = {
  get: (local: number): Code => [0x20, ...unsigned(local)],
  set: (local: number): Code => [0x21, ...unsigned(local)],
  i32: (value: number): Code => [0x41, ...signed(value)],
  loadI32: (offset: number): Code => [0x28, ...memoryArgument(2, offset)],
  i32Add: [0x6a] as Code,
  i32Sub: [0x6b] as Code,
  i32Mul: [0x6c] as Code,
  i32GreaterOrEqualUnsigned: [0x4f] as Code,
  i32LessUnsigned: [0x49] as Code,
  loadV128: (offset: number): Code => simd(0x00, memoryArgument(4, offset)),
  loadSplatF32: (offset: number): Code => simd(0x09, memoryArgument(2, offset)),
  storeV128: (offset: number): Code => simd(0x0b, memoryArgument(4, offset)),
  zeroV128: simd(0x0c, new Array<number>(16).fill(0)),
  f32x4Add: simd(0xe4),
  f32x4Mul: simd(0xe6),
  f32x4Max: simd(0xe9),
  /** Runs the body, then again while the condition holds. */
  doWhile: (body: Code, condition: Code): Code => [0x03, 0x40, ...body, ...condition, 0x0d, 0x00, 0x0b],
  /** Runs the body when the condition is not 0. */
  when: (condition: Code, body: Code): Code => [...condition, 0x04, 0x40, ...body, 0x0b],
} as const;

export interface WasmFunction {
  readonly name: string;
  /** All parameters are i32: addresses in bytes, and counts. They are the first locals. */
  readonly parameters: number;
  /** Types of the locals after the parameters. */
  readonly locals: readonly ValueType[];
  readonly body: Code;
}

/** The bytes of a module that imports `environment.memory` and exports the functions. */
export function assemble(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const types = functions.map((f) => [0x60, ...vector(new Array(f.parameters).fill([valueType.i32])), 0x00]);
  const memoryImport = [...name('environment'), ...name('memory'), 0x02, 0x00, 0x01];
  const code = functions.map((f) => {
    const body = [...vector(f.locals.map((type) => [0x01, type])), ...f.body, 0x0b];
    return [...unsigned(body.length), ...body];
  });
  return new Uint8Array([
    0x00,
    0x61,
    0x73,
    0x6d,
    0x01,
    0x00,
    0x00,
    0x00,
    ...section(1, vector(types)),
    ...section(2, vector([memoryImport])),
    ...section(3, vector(functions.map((_f, index) => unsigned(index)))),
    ...section(7, vector(functions.map((f, index) => [...name(f.name), 0x00, ...unsigned(index)]))),
    ...section(10, vector(code)),
  ]);
}

function section(id: number, content: Code): Code {
  return [id, ...unsigned(content.length), ...content];
}

function vector(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function name(text: string): Code {
  return vector([...new TextEncoder().encode(text)].map((byte) => [byte]));
}

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  do {
    const byte = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? byte : byte | 0x80);
  } while (rest !== 0);
  return bytes;
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const byte = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && (byte & 0x40) === 0) || (rest === -1 && (byte & 0x40) !== 0)) {
      bytes.push(byte);
      return bytes;
    }
    bytes.push(byte | 0x80);
  }
}
