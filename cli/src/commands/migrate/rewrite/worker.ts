import { answerRequests } from '../../../reading/javascript/worker.ts'
import { rewriteIn } from './rewrite.ts'

answerRequests(rewriteIn)
