import type { OnnxGraph } from '../export/graph.ts';
import { DataType } from '../export/proto.ts';

/** A line of numbers for each of several things. */
export interface Table {
  readonly data: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Adds the product with a table, which is kept in bytes: a quarter of the file. They become floats when it is opened.
 * @param values n × rows
 * @returns n × columns
 */
export function timesTable(graph: OnnxGraph, values: string, table: Table): string {
  const { rows, columns } = table;
  const { bytes, scales } = inBytes(table);
  const whole = graph.add('Cast', [graph.bytes('table', bytes, [rows, columns])], { to: DataType.FLOAT });
  return graph.add('Mul', [
    graph.add('MatMul', [values, whole]),
    graph.floats('scales', scales, [1, columns]),
  ]);
}

/** Whole numbers from −127 to 127, and what each column's are multiplied by. */
function inBytes({ data, rows, columns }: Table): { bytes: Int8Array; scales: Float32Array } {
  const most = new Float32Array(columns);
  for (const [index, value] of data.entries()) {
    const column = index % columns;
    most[column] = Math.max(most[column] ?? 0, Math.abs(value));
  }
  const scales = most.map((value) => value / 127 || 1);
  const bytes = Int8Array.from({ length: rows * columns }, (_, index) =>
    Math.round((data[index] ?? 0) / (scales[index % columns] ?? 1)),
  );
  return { bytes, scales };
}
