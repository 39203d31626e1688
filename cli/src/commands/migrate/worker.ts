import type { ClientName } from 'polypool/internal'
import type { Model } from '../../reading/javascript/model.ts'
import { type Place, placesIn } from '../../reading/javascript/places.ts'
import { answerRequests } from '../../reading/javascript/worker.ts'
import { isForBrowsers } from './browser.ts'

/** A place, and whether its file is for browsers. */
export interface FoundPlace extends Place {
  readonly inBrowser: boolean
}

answerRequests((model: Model, only: ClientName | undefined): FoundPlace[] => {
  const places = placesIn(model, only)
  const inBrowser = places.length > 0 && isForBrowsers(model)
  return places.map((place) => ({ ...place, inBrowser }))
})
