import { createServer } from 'node:http';
import { loadFaceApiPipeline } from './face-api.ts';

/** What one would write without any of this: a Node HTTP server that runs face-api on the photo it is sent. */

const findFaces = await loadFaceApiPipeline();
const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const faces = await findFaces(Buffer.concat(chunks));
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ faces }));
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(typeof address === 'object' ? address?.port : address);
});
