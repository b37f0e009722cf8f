import { RatchetError } from '../../../domain/base/errors.ts';

/** What runs a graph and reads a tokenizer: packages that only those need who answer by ONNX. */
export async function loadRuntime(): Promise<{
  readonly onnx: typeof import('onnxruntime-node');
  readonly transformers: typeof import('@huggingface/transformers');
}> {
  try {
    const [onnx, transformers] = await Promise.all([import('onnxruntime-node'), import('@huggingface/transformers')]);
    return { onnx, transformers };
  } catch (cause) {
    throw new RatchetError('InvalidInput', 'The predictor gliner2-onnx needs packages that cannot be loaded here.', {
      cause,
      mend: 'Install them beside Ratchet: npm install @huggingface/transformers@4 onnxruntime-node@1',
    });
  }
}
