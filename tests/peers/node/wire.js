// The peer's side of the control plane: HELLO, START, READY, then a reply to every grant until STOP.

import { decode, encode } from "@msgpack/msgpack";
import { Dealer } from "zeromq";

/** The conversation is over before its STOP; the message says why. */
export class Ended extends Error {}

/** Play the role `name`; `create` makes the player from the mission, which answers inboxes by `react`. */
export async function converse(endpoint, name, create) {
  const socket = new Dealer({ linger: 1000 });
  let gone = false;
  // A wait may last for ever: a run can be paused. Only a lost connection ends it.
  socket.events.on("disconnect", () => {
    gone = true;
    socket.close();
  });
  try {
    socket.connect(endpoint);
  } catch (error) {
    throw new Ended(`cannot connect to ${endpoint}: ${error.message}`);
  }
  const stopped = await play(socket, name, create);
  if (gone && !stopped) throw new Ended("the run is gone: its connection is lost");
  socket.close();
}

/** True at STOP, false when the socket was closed before. */
async function play(socket, name, create) {
  const say = (frame) => socket.send(encode(frame));
  await say({ frame: "hello", name, schema: "twin-wire-1", fingerprint: "", foreign: true, snapshots: false });
  let [player, run, last] = [null, {}, { number: -1 }];
  for await (const [bytes] of socket) {
    const frame = decode(bytes);
    if (frame.frame === "stop") return true;
    if (frame.frame === "refused") throw new Ended(`refused: ${frame.reason}`);
    try {
      if (frame.frame === "start") {
        run = { run: frame.run, epoch: frame.epoch };
        player = create(frame.mission);
        await say({ frame: "ready", ...run });
      }
      if (frame.frame === "grant") {
        // A grant that comes twice gets the same reply twice.
        if (frame.number !== last.number) {
          const reaction = { messages: player.react(frame.inbox), wake_ns: null };
          last = { frame: "reply", ...run, number: frame.number, reaction };
        }
        await say(last);
      }
    } catch (error) {
      // The run shall end with our name and this error in its outcome.
      const log = String(error.stack).split("\n").slice(0, 6);
      await say({ frame: "failure", ...run, number: Math.max(last.number, 0), error: String(error), log });
      throw error;
    }
  }
  return false;
}
