// Universal Sentence Encoder Lite with the weights in this folder; the other modules here are Ratchet's own.

const maxCharacters = 2_000;

/** A function from a text to its embedding, 512 floats of unit length. */
export async function load(read) {
  const [{ evenCase }, { UseLite }] = await Promise.all(
    ['even-case', 'use-lite'].map((name) => import(`./${name}.mjs`)),
  );
  const json = async (name) => JSON.parse(new TextDecoder().decode(await read(name)));
  const [pieces, places] = [await json('encoder/pieces.json'), await json('encoder/tensors.json')];
  const bytes = await read('encoder/tensors.bin');
  const tensor = (name) => {
    const { offset, length } = places[name];
    return new Float32Array(bytes.slice(offset, offset + 4 * length).buffer);
  };
  const encoder = new UseLite({ pieces, tensor });
  return (text) => encoder.embed([evenCase(text).slice(0, maxCharacters)]);
}
