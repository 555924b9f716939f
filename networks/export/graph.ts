import type { onnx } from 'onnx-proto';
import onnxProto from 'onnx-proto';
import { type Attribute, attributeProto, DataType, type Port, portProto } from './proto.ts';

const { ModelProto } = onnxProto.onnx;

/** ONNX 1.12, of 2022: `Softmax` along one axis, `Pad` and `Reshape` with tensors for arguments. */
const OPERATOR_SET = 17;
const IR_VERSION = 8;

/** An ONNX graph under construction: operators in the order they run, and their constants. */
export class OnnxGraph {
  readonly #nodes: onnx.INodeProto[] = [];
  readonly #initializers: onnx.ITensorProto[] = [];
  #counter = 0;

  /** @returns the name of the operator's output */
  add(
    opType: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    const output = this.#unique(opType);
    const attribute = Object.entries(attributes).map(([name, value]) => attributeProto(name, value));
    this.#nodes.push({ name: output, opType, input: [...inputs], output: [output], attribute });
    return output;
  }

  /** @returns the name of the constant */
  floats(hint: string, values: ArrayLike<number>, shape: readonly number[]): string {
    return this.#constant(hint, DataType.FLOAT, Float32Array.from(values), shape);
  }

  scalar(hint: string, value: number): string {
    return this.floats(hint, [value], []);
  }

  /** @returns the name of the constant, whole numbers from −128 to 127 */
  bytes(hint: string, values: Int8Array, shape: readonly number[]): string {
    return this.#constant(hint, DataType.INT8, values, shape);
  }

  /**
   * Numbers of three digits in half the bytes, which become floats when the network is opened.
   * @returns the name of the constant in floats
   */
  halves(hint: string, values: Float16Array, shape: readonly number[]): string {
    return this.add('Cast', [this.#constant(hint, DataType.FLOAT16, values, shape)], { to: DataType.FLOAT });
  }

  /** @returns the name of the constant, a list of whole numbers */
  integers(hint: string, values: readonly number[]): string {
    return this.#constant(hint, DataType.INT64, BigInt64Array.from(values, BigInt), [values.length]);
  }

  /** Gives a value the name it has outside of the graph. */
  rename(value: string, name: string): void {
    const renamed = (names?: string[] | null) => (names ?? []).map((each) => (each === value ? name : each));
    for (const node of this.#nodes) {
      node.input = renamed(node.input);
      node.output = renamed(node.output);
    }
  }

  encode(name: string, inputs: readonly Port[], outputs: readonly Port[]): Uint8Array {
    const model = ModelProto.create({
      irVersion: IR_VERSION,
      producerName: 'facedrop',
      opsetImport: [{ domain: '', version: OPERATOR_SET }],
      graph: {
        name,
        node: this.#nodes,
        initializer: this.#initializers,
        input: inputs.map(portProto),
        output: outputs.map(portProto),
      },
    });
    return ModelProto.encode(model).finish();
  }

  #constant(
    hint: string,
    dataType: number,
    values: Float32Array | Float16Array | BigInt64Array | Int8Array,
    dims: readonly number[],
  ): string {
    const name = this.#unique(hint);
    const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.#initializers.push({ name, dataType, dims: [...dims], rawData });
    return name;
  }

  #unique(hint: string): string {
    this.#counter += 1;
    return `${hint}_${this.#counter}`;
  }
}
