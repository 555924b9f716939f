'use strict';

/**
 * Loaded into a function's process by NODE_OPTIONS, as no function has anything in it that makes it fail: notes
 * the requests that each invocation makes of AWS, and has the process die or stand still at one of them. See
 * `faults.ts`, which writes the files that say when.
 */

const { AsyncLocalStorage } = require('node:async_hooks');
const { randomUUID } = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');
const Module = require('node:module');
const net = require('node:net');
const path = require('node:path');

const folder = process.env.FAULTS_FOLDER;
const handlerFile = path.join(process.env.LAMBDA_TASK_ROOT, 'index.js');
const invocations = new AsyncLocalStorage();

const { _load: load } = Module;
Module._load = function (request, ...others) {
  const exports = load.call(this, request, ...others);
  return request === handlerFile ? { ...exports, handler: watch(exports.handler) } : exports;
};

function watch(handler) {
  return (event, context) => {
    const invocation = {
      id: randomUUID(),
      messages: event.Records.map(({ body, attributes }) => ({
        body,
        tries: Number(attributes.ApproximateReceiveCount),
      })),
      requests: 0,
    };
    note({ id: invocation.id, messages: invocation.messages });
    return invocations.run(invocation, () => handler(event, context));
  };
}

const { request: send } = http;
http.request = function (options, ...others) {
  const invocation = invocations.getStore();
  if (!invocation || isOfRegistry(options)) return send.call(this, options, ...others);
  invocation.requests += 1;
  note({ id: invocation.id, request: nameOf(options) });
  const fault = findFault(invocation, options);
  if (fault?.moment === 'before') act(fault);
  const target =
    fault?.action === 'stall'
      ? { ...options, host: undefined, hostname: '127.0.0.1', port: deaf.address().port }
      : options;
  const outgoing = send.call(this, target, ...others);
  if (fault?.moment === 'after') outgoing.once('response', () => act(fault));
  return outgoing;
};

/** Which models are in service is asked twice a minute, in whatever invocation comes then: that is no part of its work. */
const isOfRegistry = ({ path }) => /\bmodels(?:\/|%2F)/.test(path);

/** Takes connections, and never says anything. */
const deaf = net.createServer().listen(0, '127.0.0.1').unref();

function findFault({ messages, requests }, options) {
  for (const name of fs.readdirSync(folder)) {
    if (!name.endsWith('.json')) continue;
    const file = path.join(folder, name);
    const fault = readFault(file);
    if (
      fault &&
      messages.some(({ body, tries }) => body.includes(fault.message) && tries <= fault.tries) &&
      (fault.request === requests ||
        (fault.request === nameOf(options) && options.path.includes(fault.message)))
    ) {
      return { ...fault, file };
    }
  }
  return undefined;
}

/** @returns undefined when it has been removed in the meantime */
function readFault(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function act({ action, file }) {
  if (action === 'kill') process.kill(process.pid, 'SIGKILL');
  // The process stands still.
  if (action === 'freeze') sleep(Number.POSITIVE_INFINITY);
  if (action === 'hold') while (fs.existsSync(file)) sleep(20);
}

const sleep = (milliseconds) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);

function nameOf({ method, headers }) {
  const [, service] = /\/([^/]+)\/aws4_request/.exec(headers.authorization ?? headers.Authorization) ?? [];
  const operation = headers['x-amz-target']?.split('.').at(-1) ?? method;
  return `${service} ${operation}`;
}

function note(entry) {
  fs.appendFileSync(path.join(folder, 'log.jsonl'), `${JSON.stringify(entry)}\n`);
}
