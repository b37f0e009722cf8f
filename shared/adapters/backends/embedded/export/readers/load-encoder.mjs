// Universal Sentence Encoder Lite with the weights in this folder; the other modules here are Ratchet's own.
import { evenCase } from './even-case.mjs';
import { UseLite } from './use-lite.mjs';

const maxCharacters = 2_000;

/** A function from a text to its embedding, 512 floats of unit length. */
export async function load(read) {
  const [pieces, places, bytes] = [
    JSON.parse(new TextDecoder().decode(await read('encoder/pieces.json'))),
    JSON.parse(new TextDecoder().decode(await read('encoder/tensors.json'))),
    await read('encoder/tensors.bin'),
  ];
  const tensor = (name) => {
    const { offset, length } = places[name];
    return new Float32Array(bytes.slice(offset, offset + 4 * length).buffer);
  };
  const encoder = new UseLite({ pieces, tensor });
  return (text) => encoder.embed([evenCase(text).slice(0, maxCharacters)]);
}
