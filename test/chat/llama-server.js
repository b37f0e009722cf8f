// A real small language model behind OpenAI's protocol, on loopback: `node llama-server.js FOLDER`, where
// `.ci/install-chat-model` has put the model. It answers one request after the other, tells its address in a line, and ends with
// its standard input.
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = process.argv[2] ?? '';
const { getLlama, LlamaChatSession, LlamaLogLevel } = await import(
  pathToFileURL(join(folder, 'node_modules/node-llama-cpp/dist/index.js')).href
);
const contextSize = 2048;
const llama = await getLlama({
  gpu: false,
  build: 'never',
  skipDownload: true,
  logLevel: LlamaLogLevel.error,
  maxThreads: 1,
});
const model = await llama.loadModel({ modelPath: join(folder, 'model.gguf') });
const context = await model.createContext({ contextSize, sequences: 1, threads: 1 });
let queue = Promise.resolve();

const server = createServer(async (request, response) => {
  const send = (status, body) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  const refuse = (status, type, message) => send(status, { error: { message, type, param: null, code: null } });
  let text = '';
  for await (const part of request) text += part;
  if (request.url?.split('?')[0] !== '/v1/chat/completions')
    return refuse(404, 'invalid_request_error', 'no such path');
  if (request.headers.authorization === 'Bearer wrong') return refuse(401, 'invalid_request_error', 'wrong key');
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  queue = queue
    .then(() => complete(JSON.parse(text), send, refuse, gone.signal))
    .catch((error) => refuse(500, 'server_error', String(error)));
});

async function complete(body, send, refuse, signal) {
  const history = body.messages.map(({ role, content, tool_calls: calls }) => {
    const said = typeof content === 'string' ? content : (content ?? []).map((part) => part.text ?? '').join('');
    if (role === 'system') return { type: 'system', text: said };
    if (role !== 'assistant') return { type: 'user', text: said };
    return { type: 'model', response: [said + (calls ?? []).map((call) => call.function.arguments).join('')] };
  });
  const last = history.pop();
  if (last?.type !== 'user') return refuse(400, 'invalid_request_error', 'messages must end with a user message');
  const asked = model.tokenize(JSON.stringify(body.messages)).length;
  if (asked > contextSize) {
    return refuse(400, 'exceed_context_size_error', `the request (${asked} tokens) exceeds the available context size`);
  }
  const choice = body.tool_choice;
  const isMade = choice === 'required' || choice?.function !== undefined;
  const tool = isMade
    ? body.tools.find((one) => !choice.function || one.function.name === choice.function.name)
    : undefined;
  const schema = tool?.function.parameters ?? body.response_format?.json_schema?.schema;
  const sequence = context.getSequence();
  const session = new LlamaChatSession({ contextSequence: sequence, autoDisposeSequence: true });
  try {
    if (history.length > 0) session.setChatHistory(history);
    let written = 0;
    const { responseText, stopReason } = await session.promptWithMeta(last.text, {
      ...(schema === undefined ? {} : { grammar: await llama.createGrammarForJsonSchema(schema) }),
      maxTokens: body.max_completion_tokens ?? body.max_tokens ?? 256,
      temperature: body.temperature ?? 0,
      // Nobody waits for the rest once the caller has gone.
      signal,
      stopOnAbortSignal: true,
      ...(body.seed === undefined ? {} : { seed: body.seed }),
      onToken: (tokens) => {
        written += tokens.length;
      },
    });
    const call = { id: 'call-1', type: 'function', function: { name: tool?.function.name, arguments: responseText } };
    send(200, {
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: Math.floor(Date.now() / 1000),
      model: body.model,
      choices: [
        {
          index: 0,
          message: tool
            ? { role: 'assistant', content: null, tool_calls: [call] }
            : { role: 'assistant', content: responseText },
          finish_reason: stopReason === 'maxTokens' ? 'length' : tool ? 'tool_calls' : 'stop',
        },
      ],
      usage: { prompt_tokens: asked, completion_tokens: written, total_tokens: asked + written },
    });
  } finally {
    session.dispose({ disposeSequence: true });
  }
}

server.listen(0, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
process.stdin.resume().on('end', () => process.exit(0));
