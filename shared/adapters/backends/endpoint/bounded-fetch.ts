/** No answer to one input is longer, bytes. */
const longestBody = 8 * 1024 * 1024;

/**
 * `fetch` that ends with the whole body, so that one that is cut off, or is not the JSON that it says it is, fails as a
 * connection does, and is tried again as one. It gives up on a body that does not end, and then is not: an endpoint is as
 * little to be trusted as what it says.
 * @throws Error that says what is wrong with the body
 */
export async function boundedFetch(url: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...init, redirect: 'error' });
  if (response.body === null) return response;
  const parts: Uint8Array[] = [];
  let read = 0;
  for await (const part of response.body) {
    read += part.length;
    if (read > longestBody) return new Response(failing(`the answer is longer than ${longestBody} bytes`), response);
    parts.push(part);
  }
  const body = Buffer.concat(parts);
  if (response.ok && /\bjson\b/.test(response.headers.get('content-type') ?? '')) checkJson(body.toString());
  return new Response(body, response);
}

function failing(message: string): ReadableStream {
  return new ReadableStream({ start: (controller) => controller.error(new Error(message)) });
}

function checkJson(text: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    throw new Error(`its answer cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
