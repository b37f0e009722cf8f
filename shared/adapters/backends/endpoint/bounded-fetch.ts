/** No answer to one input is longer, bytes. */
const longestBody = 8 * 1024 * 1024;

/** `fetch` that gives up on a body that does not end: an endpoint is as little to be trusted as what it says. */
export async function boundedFetch(url: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...init, redirect: 'error' });
  if (response.body === null) return response;
  let read = 0;
  const bounded = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        read += chunk.length;
        if (read > longestBody) controller.error(new Error(`the answer is longer than ${longestBody} bytes`));
        else controller.enqueue(chunk);
      },
    }),
  );
  return new Response(bounded, response);
}
