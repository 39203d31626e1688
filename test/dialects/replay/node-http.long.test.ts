import { describeReplays } from './suite.ts'

describeReplays('node-http')
