declare module 'asl-validator' {
  /** Checks a definition in the Amazon States Language. */
  export default function validate(
    definition: unknown,
    options?: { readonly checkArn?: boolean; readonly checkPaths?: boolean },
  ): { readonly isValid: boolean; readonly errors: readonly unknown[] };
}
