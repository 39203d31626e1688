import { Agent, fetch } from 'undici'

const dispatcher = new Agent({ connections: 5 })

const get = async (path: string): Promise<string> => {
  const response = await fetch(`${process.env.ORIGIN}${path}`, { dispatcher })
  return response.text()
}

console.log(JSON.stringify(await Promise.all(Array.from({ length: 12 }, (_, n) => get(`/${n}`)))))
await dispatcher.close()
