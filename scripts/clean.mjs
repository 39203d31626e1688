// An old build must not end up in the package.
import { rmSync } from 'node:fs'

for (const folder of ['../dist', '../cli/dist']) rmSync(new URL(folder, import.meta.url), { recursive: true, force: true })
