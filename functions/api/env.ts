import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Caller } from './caller.ts';

/** What the routes know beside the request. */
export interface Env {
  Bindings: { readonly event: APIGatewayProxyEventV2 };
  Variables: { caller: Caller };
}
