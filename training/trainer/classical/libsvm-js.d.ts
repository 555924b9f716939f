declare module 'libsvm-js/asm.js' {
  interface Options {
    readonly type: number;
    readonly kernel: number;
    readonly cost: number;
    readonly gamma: number;
    readonly epsilon: number;
    readonly cacheSize: number;
    readonly shrinking: boolean;
    readonly quiet: boolean;
  }
  /** LIBSVM 3.22, compiled to JavaScript. */
  export default class SVM {
    static readonly SVM_TYPES: { readonly EPSILON_SVR: number };
    static readonly KERNEL_TYPES: { readonly RBF: number };
    constructor(options: Options);
    train(samples: readonly (readonly number[])[], labels: readonly number[]): void;
    predict(samples: readonly (readonly number[])[]): number[];
    serializeModel(): string;
    free(): void;
  }
}
