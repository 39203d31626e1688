import { describe } from 'vitest'
import { nodeAgents, testNodeAgents } from './node-agents-suite.ts'

// In short; in full with many more requests: node-agents.long.test.ts.
describe('clients on node’s agents', () => testNodeAgents(nodeAgents, 1000))
