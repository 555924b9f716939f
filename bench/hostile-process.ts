import { readFileSync, writeFileSync } from 'node:fs';
import { parseConfig } from '../infra/config.ts';
import { engine } from '../layers/onnx/index.ts';
import { detectFaces } from '../vision/detection.ts';
import { decodePhoto, PhotoError } from '../vision/photo.ts';
import { cpuTime } from './cpu.ts';

/** Decodes each picture that it is sent and looks for faces in it, as detect does; reports how it ended and what it took. */
export interface Looked {
  /** `done`, what a photo is refused for, or an error that nobody expected. */
  readonly end: string;
  /** Milliseconds of all threads. */
  readonly cpu: number;
  /** The most that the process held during that time, in MB. */
  readonly memory: number;
}

const { maximumPixels, minimumConfidence } = parseConfig({});
const detector = await engine.loadDetector();

async function look(bytes: Uint8Array): Promise<string> {
  try {
    const { pixels } = await decodePhoto(bytes, maximumPixels);
    await detectFaces(pixels, detector, minimumConfidence);
    return 'done';
  } catch (error) {
    return error instanceof PhotoError ? error.code : `unexpected: ${error}`;
  }
}

/** Linux keeps the most memory that a process has held, and forgets it when it is told to. */
const forgetPeak = () => writeFileSync('/proc/self/clear_refs', '5');
const peak = () => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;

process.on('message', async (file: string) => {
  const bytes = readFileSync(file);
  forgetPeak();
  const start = cpuTime();
  const end = await look(bytes);
  const looked: Looked = { end, cpu: cpuTime() - start, memory: peak() };
  process.send?.(looked);
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
