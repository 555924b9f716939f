import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** Text goes through API Gateway as it is, anything else in base64. */
const TEXT = /^text\/|[/+]json\b|^application\/javascript\b/;

/** No route asks under which name the service was called. */
const ORIGIN = 'https://facedrop';

/** Methods that a `Request` refuses to have. No route has them either, nor those that stand for them here. */
const FORBIDDEN: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK']);

/** What comes as the body of these has no meaning (RFC 9110), and a `Request` refuses it. */
const BODILESS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** Makes a request of an HTTP API's event. */
export function toRequest(event: APIGatewayProxyEventV2): Request {
  const { method } = event.requestContext.http;
  const headers = new Headers();
  for (const [name, value] of Object.entries(event.headers)) {
    // Bytes beyond ASCII reach a function as text; header fields hold bytes only.
    if (value !== undefined)
      headers.set(name, /^[\x20-\x7e\t]*$/.test(value) ? value : encodeURIComponent(value.toWellFormed()));
  }
  const query = event.rawQueryString ? `?${event.rawQueryString}` : '';
  // API Gateway has decoded the path. What the URL's syntax would take for something else is part of a name.
  const path = [...event.rawPath]
    .map((char) => (char <= ' ' || '?#\\'.includes(char) ? encodeURIComponent(char) : char))
    .join('');
  return new Request(`${ORIGIN}${path}${query}`, {
    method: FORBIDDEN.has(method) ? `${method}-` : method,
    headers,
    ...(event.body !== undefined &&
      !BODILESS.has(method) && {
        body: Buffer.from(event.body, event.isBase64Encoded ? 'base64' : 'utf8'),
      }),
  });
}

/** Makes an HTTP API's result of a response. */
export async function toResult(response: Response): Promise<APIGatewayProxyStructuredResultV2> {
  const headers = Object.fromEntries(response.headers);
  const body = Buffer.from(await response.arrayBuffer());
  const isText = TEXT.test(headers['content-type'] ?? '') && headers['content-encoding'] === undefined;
  const isBase64Encoded = body.length > 0 && !isText;
  return {
    statusCode: response.status,
    headers,
    body: body.toString(isBase64Encoded ? 'base64' : 'utf8'),
    isBase64Encoded,
  };
}
