import { answerRequests } from '../../reading/javascript/worker.ts'
import { findingsIn } from './find.ts'

answerRequests(findingsIn)
