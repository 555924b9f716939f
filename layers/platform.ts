/** Where a layer's native code runs. */
export interface Platform {
  readonly os: NodeJS.Platform;
  readonly architecture: 'x64' | 'arm64';
}

/** @throws where the process runs on another processor than those that the native packages exist for */
export function hostPlatform(): Platform {
  const { platform: os, arch } = process;
  if (arch !== 'x64' && arch !== 'arm64') {
    throw new Error(`Expected an x64 or arm64 processor but received ${arch}; run this on another machine.`);
  }
  return { os, architecture: arch };
}

export function isHost(platform: Platform): boolean {
  return platform.os === process.platform && platform.architecture === process.arch;
}
