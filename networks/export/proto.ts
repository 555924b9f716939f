import type { onnx } from 'onnx-proto';
import onnxProto from 'onnx-proto';

const { AttributeType } = onnxProto.onnx.AttributeProto;
export const { DataType } = onnxProto.onnx.TensorProto;

export type ElementType = 'float32' | 'uint8';

/** A number, a text, or whole numbers; a number is whole unless it is wrapped in `{ float }`. */
export type Attribute = number | string | readonly number[] | { readonly float: number };

/** An input or output of the network. A text in `shape` names a dimension that may be of any size. */
export interface Port {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly (number | string)[];
}

export function elementTypeNumber(type: ElementType): number {
  return type === 'uint8' ? DataType.UINT8 : DataType.FLOAT;
}

export function portProto({ name, type, shape }: Port): onnx.IValueInfoProto {
  const dim = shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: elementTypeNumber(type), shape: { dim } } } };
}

export function attributeProto(name: string, value: Attribute): onnx.IAttributeProto {
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
