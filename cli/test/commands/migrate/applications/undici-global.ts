import { Agent, request, setGlobalDispatcher } from "undici";

setGlobalDispatcher(
  new Agent({
    connections: 3,
    keepAliveTimeout: 10_000,
    headersTimeout: 30_000,
    connect: { timeout: 5_000, family: 4 },
  }),
);

const answers = await Promise.all(
  Array.from({ length: 12 }, async (_, n) => {
    const { body } = await request(`${process.env.ORIGIN}/${n}`);
    return body.text();
  }),
);
console.log(JSON.stringify(answers));
