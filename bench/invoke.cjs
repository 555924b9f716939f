// Loads a function's bundle as Lambda's runtime does and hands it one event, read from standard input; prints what
// took how long. Not TypeScript, as what that takes to load does not belong to the function.
const start = Date.now();
const Module = require('node:module');
const { readFileSync } = require('node:fs');

const started = Number(process.env.SPAWNED_AT);
const marks = { start: start - started };

const load = Module._load;
Module._load = function (name, ...rest) {
  const before = performance.now();
  const loaded = load.call(this, name, ...rest);
  if (name in marks) return loaded;
  if (['sharp', 'onnxruntime-node', '@facedrop/engine'].includes(name))
    marks[name] = performance.now() - before;
  return loaded;
};

const event = JSON.parse(readFileSync(0, 'utf8'));
const before = performance.now();
const { handler } = require(process.argv[2]);
marks.load = performance.now() - before;
const context = {
  functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
  awsRequestId: '1',
  getRemainingTimeInMillis: () => 60_000,
};
/** In KiB. What the operating system calls the maximum begins with the parent's size; Linux reports the process's own. */
function peakMemory() {
  try {
    return Number(/VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
  } catch {
    return undefined;
  }
}

handler(event, context).then((result) => {
  marks.total = Date.now() - started;
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const memory = (peakMemory() ?? maxRSS) / 1024;
  const cpu = (userCPUTime + systemCPUTime) / 1000;
  console.log(`\n${JSON.stringify({ marks, cpu, memory, result })}`);
  process.exit();
});
