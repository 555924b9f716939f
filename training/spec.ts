import { z } from 'zod';
import { ATTRIBUTES, attributeOf, isAttribute, nameOf, type Task } from '../attributes/list.ts';
import { type OwnOptions, ownOptionsSchema } from '../attributes/own/definition.ts';
import { taskNameSchema } from '../models/card.ts';
import { NETWORK_NAMES, type NetworkName } from '../networks/names.ts';
import { real } from '../support/real.ts';

/** Outputs that one attribute or another can be learned as, where there is a choice. */
type Output = (typeof ATTRIBUTES)[number]['learning']['outputs'][number];
export const OUTPUTS = ATTRIBUTES.flatMap(({ learning: { outputs } }): readonly Output[] =>
  outputs.length > 1 ? outputs : [],
) as [Output, ...Output[]];

const rate = real(1e-10, 1000);
const epsilon = real(1e-30, 1);
const share = real(0, 1);
const whole = z.int().min(1).max(1_000_000_000);

/** How weights are changed. Every field has its usual value as default. */
export const optimizerSchema = z.discriminatedUnion('name', [
  /** Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012. */
  z.strictObject({
    name: z.literal('adadelta'),
    learningRate: rate.default(1),
    rho: share.default(0.95),
    epsilon: epsilon.default(1e-6),
  }),
  /** Stochastic gradient descent with momentum; every `decaySteps` steps the rate is multiplied by `decay`. */
  z.strictObject({
    name: z.literal('momentum'),
    learningRate: rate.default(0.001),
    momentum: share.default(0.9),
    decay: share.default(0.1),
    decaySteps: whole.default(10_000),
  }),
  /** Kingma and Ba, "Adam", 2015. The rate rises linearly over `warmUp` of all steps and falls as a cosine to 0. */
  z.strictObject({
    name: z.literal('adam'),
    learningRate: rate.default(0.001),
    beta1: share.default(0.9),
    beta2: share.default(0.999),
    epsilon: epsilon.default(1e-7),
    warmUp: share.default(0.05),
  }),
]);
export type OptimizerSpec = z.infer<typeof optimizerSchema>;

/** How far training faces are changed at random, afresh each time they are seen. 0 or false turns a part off. */
export const augmentationSchema = z.strictObject({
  /** Largest shift, as a share of the side of what the network sees. */
  shift: share.default(0.06),
  /** Largest change of scale: 0.1 is from 0.9 to 1.1 times. */
  scale: real(0, 0.5).default(0.1),
  /** Largest turn, in degrees. */
  turn: real(0, 45).default(8),
  flip: z.boolean().default(true),
  /** Largest change of brightness, contrast and saturation. */
  colour: share.default(0.15),
  /** Probability that a random rectangle is painted over (Zhong et al., "Random Erasing", 2020). */
  erasing: share.default(0.25),
});
export type Augmentation = z.infer<typeof augmentationSchema>;

const requestShape = z.strictObject({
  task: taskNameSchema,
  /** What of an attribute of one's own the labels don't say: its kind, its classes or its range. */
  attribute: ownOptionsSchema.optional(),
  network: z.enum(NETWORK_NAMES).default('transfer'),
  /** What of an attribute is learned, where it can be learned as several outputs; of others it means nothing. */
  output: z.enum(OUTPUTS).default(OUTPUTS[0]),
  optimizer: optimizerSchema.optional(),
  batch: whole.max(1024).optional(),
  /** Times that each training face is seen. */
  epochs: real(0.001, 10_000).optional(),
  /** Faces to learn and to choose by whose pictures have a lower quality are left out, 0 to 100. */
  minimumQuality: real(0, 100).default(0),
  /** Instead of `epochs`: how many batches. */
  steps: whole.optional(),
  seed: z.int().nonnegative().max(4_294_967_295).default(1),
  /**
   * What the learning rate is multiplied by for layers that come with weights: a new last layer knows nothing yet,
   * and would spoil in a few steps what those before it know. At 0 it alone is trained. Less for whole networks than for
   * `transfer`'s head.
   */
  pretrainedPace: share.optional(),
  /** λ of λ Σ L2 over the kernels. */
  l2: real(0, 1000).optional(),
  /** σ of the Gaussian around a labelled number that is the target for its units (ages: years); 0 is one-hot. */
  labelDeviation: real(0, 20).default(2),
  /** Largest norm of all gradients together. */
  clipNorm: real(1e-6, 1_000_000).default(4),
  augmentation: augmentationSchema.prefault({}),
  /** Of `transfer` and `recognition`: the views of each face whose features are learned from: as it is, mirrored, others at random. */
  views: z.int().min(1).max(16).default(4),
  /**
   * Whether the network calculates in bytes when it serves: in half the time, at a quarter of the size, a little less
   * exactly. `transfer` and `recognition` do by default; they learn from what is seen in bytes.
   */
  quantized: z.boolean().optional(),
  /** Of `lbp-hog-svr`: whether canonical correlation joins both descriptors with the label, or with each other. */
  fusion: z.enum(['label', 'each-other']).default('label'),
  /** Of `lbp-hog-svr`: with 2, a rough answer chooses which of several regressions gives the exact one. */
  stages: z.union([z.literal(1), z.literal(2)], { error: '1 or 2' }).default(1),
  /**
   * How far classes (of ages: years) are seen equally often, at most ten times as often as they occur: each as often as its
   * frequency to the power of 1 − this. From 0, as they occur, to 1, all alike.
   */
  balanced: share.default(0),
  /** Steps from one validation to the next; an epoch unless given. */
  validateEvery: whole.optional(),
  /** Ends after this many validations without a lower loss; the network's own number when left out. */
  patience: whole.optional(),
  checkpointEvery: whole.default(1000),
  /** Cross-validates in this many folds before training on the set's own split. */
  folds: z.int().min(2).max(20).optional(),
  /** Views that a prediction with the trained network averages: centre; with mirror image; with corners, too. */
  crops: z.union([z.literal(1), z.literal(2), z.literal(10)], { error: 'one of 1, 2, 10' }).default(2),
});

/** What a user may say of a training; only the task must be said. The rest follows from the network. */
export const trainingRequestSchema = requestShape.check(({ value, issues }) => {
  const message = wantedNetwork(value);
  if (message) issues.push({ code: 'custom', message, path: ['network'], input: value.network });
});
export type TrainingRequest = z.input<typeof trainingRequestSchema>;

/** What another network should be, where a request names one that can't learn the attribute, as far as it says. */
export function wantedNetwork({
  task,
  attribute,
  network,
}: Pick<z.output<typeof requestShape>, 'task' | 'attribute' | 'network'>): string | undefined {
  const isNumber = isAttribute(task) ? attributeOf(task).learning.ordered : isOwnNumber(attribute);
  return isNumber === undefined ? undefined : mismatch(network, isNumber);
}

/** Whether a labelled column is a number, as far as the request says it. */
function isOwnNumber({ kind, classes, range }: OwnOptions = {}): boolean | undefined {
  if (kind) return kind === 'number';
  if (classes) return false;
  return range ? true : undefined;
}

/** What another network should be, where one can't learn an attribute; nothing where it can. */
export function mismatch(network: NetworkName, isNumber: boolean): string | undefined {
  if (network === 'lbp-hog-svr' && !isNumber) return 'one that learns classes, such as transfer,';
  return network === 'lbp-sparse' && isNumber ? 'one that learns numbers, such as transfer,' : undefined;
}

/** What a network is to say of the attribute: what was asked for where there is such an output, else its usual one. */
export function outputOf({ task, output }: { readonly task: Task; readonly output: string }): string {
  const { outputs } = attributeOf(task).learning;
  return outputs.find((each) => each === output) ?? outputs[0] ?? nameOf(task);
}

interface Recipe {
  readonly optimizer: OptimizerSpec;
  readonly batch: number;
  readonly epochs: number;
  readonly l2: number;
  readonly patience: number;
  readonly quantized: boolean;
  readonly pretrainedPace: number;
}
const levi: Recipe = {
  optimizer: optimizerSchema.parse({ name: 'adam', learningRate: 0.0001 }),
  batch: 32,
  epochs: 20,
  l2: 0.0005,
  patience: 5,
  quantized: false,
  pretrainedPace: 0.05,
};

const transfer: Recipe = {
  optimizer: optimizerSchema.parse({ name: 'adam', learningRate: 0.001 }),
  batch: 128,
  epochs: 20,
  l2: 0.0001,
  patience: 6,
  quantized: true,
  // All of its head comes with weights, and has to learn what is different about a set.
  pretrainedPace: 0.3,
};

/** Learned at once, from the features of all faces: of the recipe it takes nothing. */
const classical: Recipe = { ...levi, epochs: 1, l2: 0 };

/** What suits each network where a request says nothing. */
export const RECIPES: Readonly<Record<NetworkName, Recipe>> = {
  'levi-hassner': levi,
  'levi-hassner-bn': { ...levi, optimizer: optimizerSchema.parse({ name: 'adam', learningRate: 0.0003 }) },
  'inception-v3': { ...levi, batch: 16 },
  transfer,
  // Its head knows nothing yet, and has few features to learn from.
  recognition: { ...transfer, epochs: 60, patience: 12 },
  finetune: {
    optimizer: optimizerSchema.parse({ name: 'adam', learningRate: 0.002, warmUp: 0.08 }),
    batch: 32,
    epochs: 4,
    l2: 0.00005,
    patience: 3,
    quantized: false,
    pretrainedPace: 0.05,
  },
  'lbp-hog-svr': classical,
  'lbp-sparse': classical,
};

/** A training in every detail: a request with the network's recipe filled in. */
export const trainingSpecSchema = trainingRequestSchema.transform((request) => ({
  ...request,
  ...fill(request),
}));
export type TrainingSpec = z.output<typeof trainingSpecSchema>;
/** The same where it is known what the task is. */
export type Assignment = Omit<TrainingSpec, 'task'> & { readonly task: Task };

function fill({ network, ...request }: z.infer<typeof trainingRequestSchema>): Recipe {
  const recipe = RECIPES[network];
  return {
    optimizer: request.optimizer ?? recipe.optimizer,
    batch: request.batch ?? recipe.batch,
    epochs: request.epochs ?? recipe.epochs,
    l2: request.l2 ?? recipe.l2,
    patience: request.patience ?? recipe.patience,
    quantized: request.quantized ?? recipe.quantized,
    pretrainedPace: request.pretrainedPace ?? recipe.pretrainedPace,
  };
}
