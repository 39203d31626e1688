import { placesIn } from '../../reading/javascript/places.ts'
import { answerRequests } from '../../reading/javascript/worker.ts'

answerRequests(placesIn)
