import type { SdkRecipe } from './types.ts'

export const azure: SdkRecipe = {
  title: 'Azure SDK (@azure/core-rest-pipeline)',
  packages: ['@azure/core-rest-pipeline'],
  client: 'node-http',
  setup: `import { createDefaultHttpClient, createPipelineFromOptions, createPipelineRequest } from '@azure/core-rest-pipeline'
import { createPool } from 'polypool/node-http'

const pool = createPool({ maxConnections: 20 })
const pipeline = createPipelineFromOptions({ agent: pool.options.https })
const client = createDefaultHttpClient()`,
  request: "pipeline.sendRequest(client, createPipelineRequest({ url: 'https://api.example.com/' }))",
  holds: [
    'Every Azure client takes the same option: `new BlobServiceClient(url, credential, { agent: pool.options.https })`. One pool for all of them is one total.',
    'A client without it has its own agent with no limit. An agent serves one scheme: for http pass `pool.options.http`.',
  ],
  trap: {
    says: 'The agent belongs to the pipeline. As an option of `createPipelineRequest` it is silently dropped, and the request bypasses the pool. (Setting `request.agent = …` afterwards works.)',
    setup: `import { createDefaultHttpClient, createPipelineFromOptions, createPipelineRequest } from '@azure/core-rest-pipeline'
import { createPool } from 'polypool/node-http'

const pool = createPool({ maxConnections: 20 })
const pipeline = createPipelineFromOptions({})
const client = createDefaultHttpClient()
const { https: agent } = pool.options`,
    request: "pipeline.sendRequest(client, createPipelineRequest({ url: 'https://api.example.com/', agent }))",
  },
}
