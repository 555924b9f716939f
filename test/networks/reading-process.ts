import '@tensorflow/tfjs-backend-wasm';
import { setBackend, type Tensor } from '@tensorflow/tfjs-core';
import { loadNetwork } from '../../networks/saved.ts';
import { sampleChips } from '../models/build/sample-chips.ts';

/** Prints what a saved network says of the sample chips, in a process that has made none itself: DIRECTORY. */

await setBackend('wasm');
const network = await loadNetwork(process.argv[2] ?? '');
if (!network) throw new Error(`Expected a network in ${process.argv[2]} but found none.`);
const side = network.inputs[0]?.shape[1] ?? 0;
const output = network.predict(await sampleChips(side)) as Tensor;
console.log(JSON.stringify([...output.dataSync()]));
