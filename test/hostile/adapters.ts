import type { AdapterModule } from '../../src/adapter.ts'
import { clientNames } from '../../src/clients/index.ts'
import { loadAdapter } from '../load-adapter.ts'

type Module = AdapterModule<unknown, object, unknown>

/** Every adapter, as what all have in common. */
export const adapterModules = await Promise.all(
  clientNames.map(async (name) => ({ name, module: (await loadAdapter(name)) as Module })),
)
