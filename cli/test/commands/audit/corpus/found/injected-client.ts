import * as https from 'https'
import { firstValueFrom } from 'rxjs'

interface Http {
  get(url: string, options: object): never
}

export class Prices {
  constructor(private readonly http: Http) {}

  async of(sku: string) {
    return firstValueFrom(
      this.http.get(`https://api.test/${sku}`, {
        httpsAgent: new https.Agent({ keepAlive: true, maxSockets: 5 }), //! client-per-request
      }),
    )
  }
}
