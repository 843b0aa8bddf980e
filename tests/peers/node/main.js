// A guidance process in another language, written from PROTOCOL.md:
//
//     twin run quickstart --foreign guidance --endpoint tcp://127.0.0.1:5555
//     node tests/peers/node/main.js tcp://127.0.0.1:5555

import { Guidance } from "./guidance.js";
import { Ended, converse } from "./wire.js";

const endpoint = process.argv[2];
if (!endpoint) {
  console.error("usage: node main.js ENDPOINT, for example tcp://127.0.0.1:5555");
  process.exit(2);
}
try {
  await converse(endpoint, "guidance", (mission) => new Guidance(mission));
  process.exit(0);
} catch (error) {
  if (!(error instanceof Ended)) throw error;
  console.error(`guidance: ${error.message}`);
  process.exit(2);
}
