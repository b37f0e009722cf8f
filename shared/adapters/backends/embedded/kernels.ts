import { assemble, type Code, valueType, type WasmFunction, wasm } from './wasm-assembler.ts';

/**
 * The three loops in which nearly all time goes, as WebAssembly SIMD. Plain `f32x4.mul` and `f32x4.add`, never the
 * relaxed fused form: the specification fixes every bit of the result, so one request gives one artifact on every
 * machine.
 */
interface Exports {
  gemm(a: number, b: number, bias: number, c: number, rows: number, k: number, n: number, relu: number): void;
  addRows(out: number, matrix: number, indices: number, values: number, count: number, stride: number): void;
  updateRows(matrix: number, delta: number, indices: number, values: number, count: number, stride: number): void;
}

/** Columns are padded to a multiple of this many floats: two SIMD registers. */
export const columnAlignment = 8;
/** {@link Kernels.gemm} works on this many rows at a time. */
export const rowAlignment = 4;

const { get, set, i32, i32Add, i32Sub, i32Mul, loadV128, storeV128, loadSplatF32, f32x4Add, f32x4Mul } = wasm;

const sequence = (...parts: Code[]): Code => parts.flat();
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const increase = (local: number, by: Code): Code => sequence(get(local), by, i32Add, set(local));
const multiplyAdd = (accumulator: number, x: number, y: number): Code =>
  sequence(get(accumulator), get(x), get(y), f32x4Mul, f32x4Add, set(accumulator));

function gemmFunction(): WasmFunction {
  const [a, b, bias, c, rows, k, n, relu] = [0, 1, 2, 3, 4, 5, 6, 7];
  const [column, left, target, pb, kk] = [8, 9, 10, 11, 12];
  const rowPointer = (row: number) => 13 + row;
  const accumulator = (row: number, half: number) => 17 + row * 2 + half;
  const [b0, b1, splat] = [25, 26, 27];
  const bytes = (local: number): Code => sequence(get(local), i32(4), i32Mul);
  const unroll = 4;

  const inner = wasm.doWhile(
    sequence(
      ...range(unroll).map((step) =>
        sequence(
          sequence(get(pb), loadV128(step * 32), set(b0), get(pb), loadV128(step * 32 + 16), set(b1)),
          ...range(rowAlignment).map((row) =>
            sequence(
              sequence(get(rowPointer(row)), loadSplatF32(step * 4), set(splat)),
              multiplyAdd(accumulator(row, 0), splat, b0),
              multiplyAdd(accumulator(row, 1), splat, b1),
            ),
          ),
        ),
      ),
      ...range(rowAlignment).map((row) => increase(rowPointer(row), i32(4 * unroll))),
      increase(pb, i32(32 * unroll)),
      sequence(get(kk), i32(unroll), i32Sub, set(kk)),
    ),
    get(kk),
  );
  const storeTile = range(rowAlignment).map((row) =>
    sequence(
      sequence(get(target), get(accumulator(row, 0)), storeV128(0)),
      sequence(get(target), get(accumulator(row, 1)), storeV128(16)),
      increase(target, bytes(n)),
    ),
  );
  const rowLoop = wasm.doWhile(
    sequence(
      ...range(rowAlignment).map((row) =>
        sequence(get(bias), loadV128(0), set(accumulator(row, 0)), get(bias), loadV128(16), set(accumulator(row, 1))),
      ),
      // The inner loop has left the last row's pointer at the end of its row: there the next block of rows begins.
      sequence(get(rowPointer(rowAlignment - 1)), set(rowPointer(0))),
      ...range(rowAlignment - 1).map((row) =>
        sequence(get(rowPointer(row)), bytes(k), i32Add, set(rowPointer(row + 1))),
      ),
      sequence(get(b), set(pb), get(k), set(kk)),
      inner,
      wasm.when(
        get(relu),
        sequence(
          ...range(rowAlignment * 2).map((index) =>
            sequence(get(accumulator(0, index)), wasm.zeroV128, wasm.f32x4Max, set(accumulator(0, index))),
          ),
        ),
      ),
      ...storeTile,
      sequence(get(left), i32(rowAlignment), i32Sub, set(left)),
    ),
    get(left),
  );
  const columnLoop = wasm.doWhile(
    sequence(
      sequence(get(a), set(rowPointer(rowAlignment - 1)), get(rows), set(left)),
      sequence(get(c), get(column), i32(4), i32Mul, i32Add, set(target)),
      rowLoop,
      increase(b, sequence(get(k), i32(32), i32Mul)),
      increase(bias, i32(32)),
      increase(column, i32(columnAlignment)),
    ),
    sequence(get(column), get(n), wasm.i32LessUnsigned),
  );
  return {
    name: 'gemm',
    parameters: 8,
    locals: [...new Array(9).fill(valueType.i32), ...new Array(11).fill(valueType.v128)],
    body: columnLoop,
  };
}

function addRowsFunction(): WasmFunction {
  const [out, matrix, indices, values, count, stride] = [0, 1, 2, 3, 4, 5];
  const [rowBytes, remaining, row, index, value] = [6, 7, 8, 9, 10];
  const splat = 11;
  const accumulator = (part: number) => 12 + part;
  const rowAddress = 20;

  const columns = (registers: number): Code =>
    wasm.when(
      sequence(get(remaining), i32(registers * 16), wasm.i32GreaterOrEqualUnsigned),
      wasm.doWhile(
        sequence(
          ...range(registers).map((part) => sequence(get(out), loadV128(part * 16), set(accumulator(part)))),
          sequence(get(count), set(row), get(indices), set(index), get(values), set(value)),
          wasm.doWhile(
            sequence(
              sequence(get(value), loadSplatF32(0), set(splat)),
              sequence(get(index), wasm.loadI32(0), get(rowBytes), i32Mul, get(matrix), i32Add, set(rowAddress)),
              ...range(registers).map((part) =>
                sequence(
                  get(accumulator(part)),
                  get(rowAddress),
                  loadV128(part * 16),
                  get(splat),
                  f32x4Mul,
                  f32x4Add,
                  set(accumulator(part)),
                ),
              ),
              increase(index, i32(4)),
              increase(value, i32(4)),
              sequence(get(row), i32(1), i32Sub, set(row)),
            ),
            get(row),
          ),
          ...range(registers).map((part) => sequence(get(out), get(accumulator(part)), storeV128(part * 16))),
          increase(out, i32(registers * 16)),
          increase(matrix, i32(registers * 16)),
          sequence(get(remaining), i32(registers * 16), i32Sub, set(remaining)),
        ),
        sequence(get(remaining), i32(registers * 16), wasm.i32GreaterOrEqualUnsigned),
      ),
    );
  return {
    name: 'addRows',
    parameters: 6,
    locals: [...new Array(5).fill(valueType.i32), ...new Array(9).fill(valueType.v128), valueType.i32],
    body: wasm.when(
      get(count),
      sequence(
        sequence(get(stride), i32(4), i32Mul, set(rowBytes), get(rowBytes), set(remaining)),
        columns(8),
        columns(2),
      ),
    ),
  };
}

function updateRowsFunction(): WasmFunction {
  const [matrix, delta, indices, values, count, stride] = [0, 1, 2, 3, 4, 5];
  const [rowBytes, remaining, target, source] = [6, 7, 8, 9];
  const splat = 10;
  return {
    name: 'updateRows',
    parameters: 6,
    locals: [...new Array(4).fill(valueType.i32), valueType.v128],
    body: wasm.when(
      get(count),
      sequence(
        sequence(get(stride), i32(4), i32Mul, set(rowBytes)),
        wasm.doWhile(
          sequence(
            sequence(get(values), loadSplatF32(0), set(splat)),
            sequence(get(indices), wasm.loadI32(0), get(rowBytes), i32Mul, get(matrix), i32Add, set(target)),
            sequence(get(delta), set(source), get(rowBytes), set(remaining)),
            wasm.doWhile(
              sequence(
                ...[0, 16].map((offset) =>
                  sequence(
                    get(target),
                    sequence(get(target), loadV128(offset)),
                    sequence(get(source), loadV128(offset), get(splat), f32x4Mul),
                    f32x4Add,
                    storeV128(offset),
                  ),
                ),
                increase(target, i32(32)),
                increase(source, i32(32)),
                sequence(get(remaining), i32(32), i32Sub, set(remaining)),
              ),
              get(remaining),
            ),
            increase(indices, i32(4)),
            increase(values, i32(4)),
            sequence(get(count), i32(1), i32Sub, set(count)),
          ),
          get(count),
        ),
      ),
    ),
  };
}

/**
 * The part of the WebAssembly API that is used here; Node's types leave it to the DOM's, which have no place in this
 * project.
 */
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

let compiled: object | undefined;

const pageBytes = 65_536;
const maximumBytes = 65_536 * pageBytes;

/** A block of WebAssembly memory of fixed size, and the kernels that work in it. Addresses are in bytes. */
export class Kernels {
  readonly #exports: Exports;
  readonly #buffer: ArrayBuffer;
  #used = 64;

  /** @param bytes room for all that will be allocated; each allocation is rounded up to 64 bytes */
  constructor(bytes: number) {
    const pages = Math.ceil((bytes + 64) / pageBytes);
    if (pages * pageBytes > maximumBytes) {
      throw new RangeError(
        `${Math.round(bytes / 2 ** 20)} MiB are needed, more than the 4 GiB that WebAssembly can address`,
      );
    }
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    compiled ??= new WebAssembly.Module(assemble([gemmFunction(), addRowsFunction(), updateRowsFunction()]));
    const instance = new WebAssembly.Instance(compiled, { environment: { memory } });
    this.#exports = instance.exports as Exports;
    this.#buffer = memory.buffer;
  }

  floats(length: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.#buffer, this.#allocate(length * 4), length);
  }

  integers(length: number): Int32Array<ArrayBuffer> {
    return new Int32Array(this.#buffer, this.#allocate(length * 4), length);
  }

  #allocate(bytes: number): number {
    const address = this.#used;
    this.#used += roundUp(bytes, 64);
    return address;
  }

  /**
   * `c = a · b + bias`, with the negative set to 0 if `relu`. `a` is rows × k and `c` rows × n, row-major; `b` comes
   * from {@link packColumns}. `rows` and `k` are multiples of 4, `n` of 8. A row of `c` depends on no other row of `a`,
   * to the bit.
   */
  gemm(
    a: Float32Array,
    b: Float32Array,
    bias: Float32Array,
    c: Float32Array,
    rows: number,
    k: number,
    n: number,
    relu = false,
  ): void {
    this.#exports.gemm(a.byteOffset, b.byteOffset, bias.byteOffset, c.byteOffset, rows, k, n, relu ? 1 : 0);
  }

  /**
   * `out[j] += Σ values[i] · matrix[indices[i]][j]` over i in [from, from + count); rows of `matrix` are `stride`
   * floats.
   */
  addRows(
    out: Float32Array,
    matrix: Float32Array,
    indices: Int32Array,
    indexFrom: number,
    values: Float32Array,
    from: number,
    count: number,
    stride: number,
  ): void {
    this.#exports.addRows(
      out.byteOffset,
      matrix.byteOffset,
      indices.byteOffset + indexFrom * 4,
      values.byteOffset + from * 4,
      count,
      stride,
    );
  }

  /** `matrix[indices[i]][j] += values[i] · delta[j]` over i in [from, from + count). */
  updateRows(
    matrix: Float32Array,
    delta: Float32Array,
    indices: Int32Array,
    indexFrom: number,
    values: Float32Array,
    from: number,
    count: number,
    stride: number,
  ): void {
    this.#exports.updateRows(
      matrix.byteOffset,
      delta.byteOffset,
      indices.byteOffset + indexFrom * 4,
      values.byteOffset + from * 4,
      count,
      stride,
    );
  }
}

/** Room that {@link Kernels} takes for an array of `length` floats or integers, in bytes. */
export function allocationBytes(length: number): number {
  return roundUp(length * 4, 64);
}

export function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}

/** Lays a row-major k × n matrix out in panels of 8 columns, each k × 8, as {@link Kernels.gemm} reads it. */
export function packColumns(source: Float32Array, target: Float32Array, k: number, n: number): void {
  let at = 0;
  for (let column = 0; column < n; column += columnAlignment) {
    for (let row = 0; row < k; row++) {
      const from = row * n + column;
      for (let offset = 0; offset < columnAlignment; offset++) {
        target[at++] = source[from + offset] ?? 0;
      }
    }
  }
}
