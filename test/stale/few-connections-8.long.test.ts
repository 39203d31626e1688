import { testFewConnections } from './few-connections.ts'

testFewConnections('undici 8', { driver: 'undici' })
testFewConnections('fetch on undici 8', { driver: 'fetch' })
