import type { LearnedAttribute } from '../../attributes/attribute.ts';
import { decodePhoto } from '../../vision/photo.ts';
import { faceOf, largest } from './analyst.ts';
import type { AnalystProcess } from './analyst-process.ts';
import type { Reply } from './analyst-worker.ts';
import { type JudgedFace, knownOf } from './answer.ts';
import type { Answers } from './benchmark.ts';
import type { ChosenPhoto } from './labelled-photos.ts';
import { PERTURBATIONS } from './perturbation.ts';
import { judgeRobustness, type Robustness } from './robustness.ts';

/** Photos with more pixels are not perturbed. */
const MAXIMUM_PIXELS = 100_000_000;
/** Faces of a photo whose label says by a box which one it is about. */
const MAXIMUM_FACES = 100;
/** First looks at a photo, which take longer and don't count. */
const WARM_UPS = 2;

export interface PhotoFolder {
  readonly name: string;
  readonly photos: readonly ChosenPhoto[];
}

export interface ExaminationOptions {
  /** Ask facedrop and trained networks about perturbed copies of the photos, too. */
  readonly robustness: boolean;
  /** What is measured. */
  readonly attributes: readonly LearnedAttribute[];
  /** @param photos that all have answered so far */
  readonly onProgress: (photos: number) => void;
  /** Called with photos that one of them couldn't look at. */
  readonly onFailure: (analyst: string, file: string, message: string) => void;
}

/** Asks everyone about the same photos, in turn. */
export async function examine(
  folders: readonly PhotoFolder[],
  analysts: readonly AnalystProcess[],
  { robustness, attributes, onProgress, onFailure }: ExaminationOptions,
): Promise<Answers[]> {
  const notebooks = analysts.map((analyst) => new Notebook(analyst));
  let done = 0;
  for (const { photos } of folders) {
    for (const photo of photos) {
      const bytes = await photo.folder.read(photo.file);
      for (const notebook of notebooks) {
        for (let warmUp = 0; done === 0 && warmUp < WARM_UPS; warmUp++) await notebook.look(photo, bytes);
        const error = await notebook.ask(photo, bytes);
        if (error !== undefined) onFailure(notebook.analyst.name, photo.file, error);
      }
      if (robustness) await perturb(photo, bytes, notebooks.filter(isOwn));
      onProgress(++done);
    }
  }
  return notebooks.map((notebook) =>
    notebook.answers(folders, robustness && isOwn(notebook) ? attributes : undefined),
  );
}

const isOwn = ({ analyst: { kind } }: Notebook) => kind === 'facedrop' || kind === 'model';

/** Asks about every perturbed copy of a photo in which a face was found. */
async function perturb(photo: ChosenPhoto, bytes: Uint8Array, notebooks: readonly Notebook[]): Promise<void> {
  const found = notebooks.filter((notebook) => notebook.lastHeight !== undefined);
  const height = found[0]?.lastHeight;
  if (height === undefined) return;
  const { pixels, width } = await decodePhoto(bytes, MAXIMUM_PIXELS);
  for (const { name, apply } of PERTURBATIONS) {
    const copy = await apply(pixels, (height * pixels.width) / width);
    for (const notebook of found) await notebook.askPerturbed(photo, name, copy);
  }
}

/** What an analyst answered so far. */
class Notebook {
  readonly analyst: AnalystProcess;
  /** Height of the face in the latest photo, in pixels; undefined when it had none, or a larger one beside it. */
  lastHeight: number | undefined;
  readonly #faces: JudgedFace[] = [];
  readonly #cpu: number[] = [];
  #failures = 0;
  /** The faces that were found in photos as they are, and what was said of their perturbed copies. */
  readonly #found: JudgedFace[] = [];
  readonly #perturbed = new Map<string, JudgedFace[]>(PERTURBATIONS.map(({ name }) => [name, []]));

  constructor(analyst: AnalystProcess) {
    this.analyst = analyst;
  }

  /** The largest face alone where it is the one that is meant. */
  look({ box }: ChosenPhoto, bytes: Uint8Array): Promise<Reply> {
    return this.analyst.analyse({ bytes, maximumFaces: box ? MAXIMUM_FACES : 1 });
  }

  /** @returns why the photo couldn't be looked at */
  async ask(photo: ChosenPhoto, bytes: Uint8Array): Promise<string | undefined> {
    const { faces, cpu, error } = await this.look(photo, bytes);
    const meant = faceOf(photo, faces);
    const face = { ...labelOf(photo), said: meant?.said };
    this.#faces.push(face);
    // Perturbed copies are asked about their largest face.
    const isLargest = meant !== undefined && meant === largest(faces);
    if (isLargest) this.#found.push(face);
    this.lastHeight = isLargest ? meant.box.height : undefined;
    if (error === undefined) this.#cpu.push(cpu);
    else this.#failures += 1;
    return error;
  }

  async askPerturbed(photo: ChosenPhoto, perturbation: string, copy: Uint8Array): Promise<void> {
    const { faces } = await this.analyst.analyse({ bytes: copy, maximumFaces: 1 });
    this.#perturbed.get(perturbation)?.push({ ...labelOf(photo), said: largest(faces)?.said });
  }

  /** @param perturbed what is measured on perturbed copies, if there are any */
  answers(folders: readonly PhotoFolder[], perturbed: readonly LearnedAttribute[] | undefined): Answers {
    let start = 0;
    return {
      name: this.analyst.name,
      folders: folders.map(({ name, photos }) => {
        const faces = this.#faces.slice(start, start + photos.length);
        start += photos.length;
        return { name, faces };
      }),
      cpu: this.#cpu,
      failures: this.#failures,
      ...(perturbed && { robustness: this.#robustness(perturbed) }),
    };
  }

  #robustness(attributes: readonly LearnedAttribute[]): Robustness {
    return judgeRobustness(this.#found, this.#perturbed, attributes);
  }
}

const labelOf = (photo: ChosenPhoto): JudgedFace => ({
  face: `${photo.folder.name}/${photo.file}`,
  ...knownOf(photo),
});
