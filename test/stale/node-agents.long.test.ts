import { describe } from 'vitest'
import { nodeAgents, testNodeAgents } from './node-agents-suite.ts'

describe('clients on node’s agents, 20,000 requests together', () => testNodeAgents(nodeAgents, 4000))
