"use strict";

const http = require("http");
const Agent = require("agentkeepalive");

const agent = new Agent({ maxSockets: 3, maxFreeSockets: 10, freeSocketTimeout: 30000 });

function get(path) {
  return new Promise(function (resolve, reject) {
    http.get(process.env.ORIGIN + path, { agent: agent }, function (response) {
      let text = "";
      response.on("data", (part) => (text += part)).on("end", () => resolve(text));
    }).on("error", reject);
  });
}

Promise.all(Array.from({ length: 12 }, (_, n) => get("/" + n))).then((answers) => {
  console.log(JSON.stringify(answers));
  agent.destroy();
});
