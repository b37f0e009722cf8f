/**
 * Writes an ONNX model as the protocol buffers of onnx.proto (IR version 8, opset 17), as far as the graphs here
 * needs it: float and int64 constants, nodes with float and int attributes, inputs and one output of free shape.
 */
export interface OnnxNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** The name of a set of operators beside ONNX's own; ONNX's when left out. */
  readonly domain?: string;
  readonly integers?: Readonly<Record<string, number>>;
  readonly floats?: Readonly<Record<string, number>>;
}
export interface OnnxConstant {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | BigInt64Array;
}
/** Its dimensions are names, since they differ from call to call. */
export interface OnnxInput {
  readonly name: string;
  readonly type: keyof typeof elementTypes;
  readonly shape: readonly string[];
}
export interface OnnxGraph {
  readonly inputs: readonly OnnxInput[];
  readonly output: OnnxInput;
  readonly constants: readonly OnnxConstant[];
  readonly nodes: readonly OnnxNode[];
}

const elementTypes = { float32: 1, int32: 6, int64: 7 } as const;
const attributeTypes = { float: 1, integer: 2 } as const;

export function onnxFile({ inputs, output, constants, nodes }: OnnxGraph): Uint8Array {
  const graph = message(
    ...nodes.map((each) => bytesField(1, node(each))),
    textField(2, 'graph'),
    ...constants.map((each) => bytesField(5, tensor(each))),
    ...inputs.map((each) => bytesField(11, valueInfo(each))),
    bytesField(12, valueInfo(output)),
  );
  const operatorSets = [
    { domain: '', version: 17 },
    { domain: 'com.microsoft', version: 1 },
  ];
  return message(
    integerField(1, 8),
    bytesField(7, graph),
    ...operatorSets.map(({ domain, version }) =>
      bytesField(8, message(textField(1, domain), integerField(2, version))),
    ),
  );
}

function node({ operator, inputs, outputs, domain = '', integers = {}, floats = {} }: OnnxNode): Uint8Array {
  const integerAttribute = ([name, value]: [string, number]) =>
    message(textField(1, name), integerField(3, value), integerField(20, attributeTypes.integer));
  const floatAttribute = ([name, value]: [string, number]) =>
    message(textField(1, name), floatField(2, value), integerField(20, attributeTypes.float));
  return message(
    ...inputs.map((input) => textField(1, input)),
    ...outputs.map((output) => textField(2, output)),
    textField(4, operator),
    ...Object.entries(integers).map((each) => bytesField(5, integerAttribute(each))),
    ...Object.entries(floats).map((each) => bytesField(5, floatAttribute(each))),
    textField(7, domain),
  );
}

function tensor({ name, shape, values }: OnnxConstant): Uint8Array {
  const type = values instanceof Float32Array ? elementTypes.float32 : elementTypes.int64;
  return message(
    ...shape.map((size) => integerField(1, size)),
    integerField(2, type),
    textField(8, name),
    bytesField(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
  );
}

function valueInfo({ name, type, shape }: OnnxInput): Uint8Array {
  const dimensions = message(...shape.map((size) => bytesField(1, message(textField(2, size)))));
  const tensorType = message(integerField(1, elementTypes[type]), bytesField(2, dimensions));
  return message(textField(1, name), bytesField(2, message(bytesField(1, tensorType))));
}

function message(...fields: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(fields);
}

function integerField(field: number, value: number): Uint8Array {
  return Uint8Array.from([...variable(field * 8), ...variable(value)]);
}

function floatField(field: number, value: number): Uint8Array {
  return Uint8Array.from([...variable(field * 8 + 5), ...new Uint8Array(Float32Array.of(value).buffer)]);
}

function textField(field: number, text: string): Uint8Array {
  return bytesField(field, Buffer.from(text));
}

function bytesField(field: number, bytes: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.from([...variable(field * 8 + 2), ...variable(bytes.length)]), bytes]);
}

/** A whole number from 0 on, seven bits a byte. */
function variable(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...variable(Math.floor(value / 128))];
}
