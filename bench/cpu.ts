/** CPU time of all threads of this process so far, in milliseconds. */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * Median CPU time of each piece of work, in milliseconds. The pieces take turns, so that whatever else the
 * machine does during that time falls on all of them alike.
 * @param warmUps first turns that don't count
 */
export async function alternate<Name extends string>(
  work: Readonly<Record<Name, () => Promise<unknown>>>,
  { turns, warmUps = 2 }: { readonly turns: number; readonly warmUps?: number },
): Promise<Record<Name, number>> {
  const names = Object.keys(work) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let turn = -warmUps; turn < turns; turn++) {
    for (const name of names) {
      const start = cpuTime();
      await work[name]();
      if (turn >= 0) times.get(name)?.push(cpuTime() - start);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times.get(name) ?? [])])) as Record<
    Name,
    number
  >;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  const [below = Number.NaN, above = Number.NaN] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? above : (below + above) / 2;
}
