import { testFewConnections } from './few-connections.ts'

const alias = { undici: 'undici7' }

testFewConnections('undici 7', { driver: 'undici', alias })
testFewConnections('fetch on undici 7', { driver: 'fetch', alias })
