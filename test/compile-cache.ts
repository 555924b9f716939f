import path from 'node:path';

/**
 * Run by Node's test runner before the first test file: tests start hundreds of processes that load the same modules,
 * which are compiled only once that way.
 */
export function globalSetup(): void {
  process.env.NODE_COMPILE_CACHE ??= path.resolve(import.meta.dirname, '../.build/compiled');
}
