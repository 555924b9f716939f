import type { HonoRequest } from 'hono';

/** The type of a form that holds files. */
export const FORM = 'multipart/form-data';

/**
 * Reads a form, as many ways as clients write one.
 * @throws TypeError when it is truncated or malformed
 */
export async function readForm(request: HonoRequest): Promise<FormData> {
  const type = request.header('content-type') ?? '';
  const body = Buffer.from(await request.arrayBuffer());
  const [, quoted, token] = /;\s*boundary=(?:"([^"]*)"|([^\s;]+))/i.exec(type) ?? [];
  const boundary = quoted ?? token;
  const mended = boundary ? mendParts(body, `--${boundary}\r\n`) : body;
  return new Response(new Uint8Array(mended), { headers: { 'content-type': type } }).formData();
}

/** Has each part say what it is in the one way that the Fetch standard's parser knows. */
function mendParts(body: Buffer, delimiter: string): Buffer {
  const parts: Buffer[] = [];
  let done = 0;
  for (let at = body.indexOf(delimiter); at >= 0; at = body.indexOf(delimiter, done)) {
    const start = at + delimiter.length;
    const end = body.indexOf('\r\n\r\n', start);
    if (end < 0) break;
    parts.push(body.subarray(done, start), mendHeaders(body.toString('utf8', start, end)));
    done = end;
  }
  return Buffer.concat([...parts, body.subarray(done)]);
}

/** Names of files have no meaning here: they go, whichever way they are written. */
function mendHeaders(text: string): Buffer {
  // A line that begins with a blank belongs to the one before.
  const lines = text.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n');
  const type = lines.find((line) => /^content-type:/i.test(line));
  // Some clients mark a photo by its type alone.
  const isFile = /^content-type:\s*(?:image\/|application\/octet-stream)/i.test(type ?? '');
  const mended = lines.map((line) => {
    if (!/^content-disposition:/i.test(line)) return line;
    const name = /[;\s]name="((?:\\.|[^"\\])*)"/i.exec(line)?.[1] ?? /[;\s]name=([^\s;"]+)/i.exec(line)?.[1];
    if (name === undefined) return line;
    const filename = isFile || /[;\s]filename\*?=/i.test(line) ? '; filename="file"' : '';
    return `Content-Disposition: form-data; name="${name.replaceAll('\\"', '%22')}"${filename}`;
  });
  return Buffer.from(mended.join('\r\n'));
}
