import type { Random } from '../training/trainer/random.ts';

/** Something that happens to a photo in the bucket: a version of it is put there, or it is deleted. */
export type Act<Content> = { readonly put: Content } | 'delete';

/** What happens to one photo, one act after the other. */
export interface Play<Content> {
  readonly key: string;
  readonly acts: readonly {
    readonly act: Act<Content> /** Milliseconds before it. */;
    readonly pause: number;
  }[];
  /** Whether S3 reports each act twice, as it may. */
  readonly repeated: boolean;
  /** What lies in the bucket in the end, if anything. */
  readonly last: Content | undefined;
}

/** Shares of photos that are overwritten, deleted, and deleted and put there again; the rest are only put there. */
const OVERWRITTEN = 0.15;
const DELETED = 0.1;
const PUT_AGAIN = 0.05;
/** Share of photos whose events come twice. */
const REPEATED = 0.1;
/** Milliseconds from one act to the next, at most: from before the first one's event is looked at to long after. */
const PAUSE = 8_000;

/** What happens to a photo is a function of the random numbers. */
export function inventPlay<Content>(
  key: string,
  contents: readonly Content[],
  random: Random,
): Play<Content> {
  const put = (): Act<Content> => {
    const content = contents[Math.floor(random() * contents.length)];
    if (content === undefined) throw new Error('Expected photos to put but there are none.');
    return { put: content };
  };
  const acts = chooseActs(random(), put).map((act, index) => ({
    act,
    pause: index === 0 ? 0 : random() * PAUSE,
  }));
  const last = acts.at(-1)?.act;
  return {
    key,
    acts,
    repeated: random() < REPEATED,
    last: last === undefined || last === 'delete' ? undefined : last.put,
  };
}

function chooseActs<Content>(chance: number, put: () => Act<Content>): Act<Content>[] {
  if (chance < OVERWRITTEN) return [put(), put()];
  if (chance < OVERWRITTEN + DELETED) return [put(), 'delete'];
  if (chance < OVERWRITTEN + DELETED + PUT_AGAIN) return [put(), 'delete', put()];
  return [put()];
}
