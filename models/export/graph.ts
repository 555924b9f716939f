import type { onnx } from 'onnx-proto';
import onnxProto from 'onnx-proto';

const { AttributeProto, ModelProto, TensorProto } = onnxProto.onnx;
const { AttributeType } = AttributeProto;
const { DataType } = TensorProto;

/** ONNX 1.12, of 2022: `Softmax` along one axis, `Pad` and `Reshape` with tensors for arguments. */
const OPERATOR_SET = 17;
const IR_VERSION = 8;

export type ElementType = 'float32' | 'uint8';

/** A number, a text, or whole numbers; a number is whole unless it is wrapped in `{ float }`. */
export type Attribute = number | string | readonly number[] | { readonly float: number };

/** An input or output of the network. A text in `shape` names a dimension that may be of any size. */
export interface Port {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly (number | string)[];
}

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
    values: Float32Array | BigInt64Array,
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

export function elementTypeNumber(type: ElementType): number {
  return type === 'uint8' ? DataType.UINT8 : DataType.FLOAT;
}

function portProto({ name, type, shape }: Port): onnx.IValueInfoProto {
  const dim = shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: elementTypeNumber(type), shape: { dim } } } };
}

function attributeProto(name: string, value: Attribute): onnx.IAttributeProto {
  if (typeof value === 'number') {
    return { name, type: AttributeType.INT, i: value };
  }
  if (typeof value === 'string') {
    return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) };
  }
  return 'float' in value
    ? { name, type: AttributeType.FLOAT, f: value.float }
    : { name, type: AttributeType.INTS, ints: [...value] };
}
