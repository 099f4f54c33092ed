// One side of a call: keeps a connection to whichever page is on the other side, and begins anew when that one changes.

import { createLine } from "./video_line.js";
import { createPeer } from "./video_peer.js";

const PATIENCE = 20000;
const MOST_TRIES = 3;
const REFRESH = 10 * 60 * 1000;

/**
 * A call below `base`. `on.standing`, `on.replaced`, `on.gone` and `on.up` are the line's; `on.stream(stream)` gets the other
 * side's sound and picture; `on.state(state)` is "waiting", "connecting", "connected", "interrupted" or "unreachable".
 */
export function createCall({ base, headers, isPolite, on }) {
  let ice = [];
  let stream = null;
  let peer = null;
  let peerPage = null;
  let lastPage = null;
  let isPeerThere = false;
  let tries = 0;
  let watchdog = null;
  let refreshing = null;

  const line = createLine(base, headers, {
    ...on,
    standing(standing) {
      if (standing.status === "over") end();
      else meet(standing.peer, standing.peer_is_there);
      on.standing(standing);
    },
    signal(signal) {
      if (peer !== null && signal.from === peerPage) peer.take(signal);
    },
    replaced() {
      end();
      on.replaced();
    },
    gone(sentence, status) {
      end();
      on.gone(sentence, status);
    },
  });

  /** Connects to the page on the other side, unless that is the one we are connected to. */
  function meet(page, isThere) {
    if (page === null) {
      on.state("waiting");
      return;
    }
    isPeerThere = isThere;
    if (page === peerPage) {
      if (!isThere && !peer.isConnected()) on.state("waiting");
      return;
    }
    leave();
    if (page !== lastPage) tries = 0;
    peerPage = page;
    lastPage = page;
    on.state("connecting");
    const mine = createPeer({
      ice,
      isPolite,
      stream,
      send: (part) => {
        if (peer === mine) line.signal(page, part);
      },
      onStream: on.stream,
      onState: (state) => {
        if (peer === mine) follow(state);
      },
    });
    peer = mine;
    watch();
  }

  function follow(state) {
    if (state === "connected") {
      clearTimeout(watchdog);
      tries = 0;
      on.state("connected");
    } else if (state === "disconnected" || state === "failed") {
      on.state("interrupted");
      watch();
    }
  }

  /** One side sees to it that both begin anew where no connection comes about. */
  function watch() {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => {
      if (peer === null || peer.isConnected()) return;
      if (!isPeerThere) {
        watch();
      } else if (tries >= MOST_TRIES) {
        on.state("unreachable");
      } else {
        tries += 1;
        if (isPolite) watch();
        else again();
      }
    }, PATIENCE);
  }

  function leave() {
    clearTimeout(watchdog);
    if (peer !== null) peer.close();
    peer = null;
    peerPage = null;
  }

  function again() {
    leave();
    line.renew();
  }

  function end() {
    clearInterval(refreshing);
    leave();
    line.close();
  }

  return {
    post: line.post,
    end,
    /** Begins anew at the clerk's or resident's wish. */
    retry() {
      tries = 0;
      again();
    },
    /** Joins with camera and microphone. Raises Refused. */
    async join(own) {
      stream = own;
      ({ ice } = await line.post("join", { agreed: true }));
      // Credentials of a relay end, and a clerk who talks is at work.
      refreshing = setInterval(async () => {
        try {
          ({ ice } = await line.post("join", { agreed: true }));
        } catch {
          // The stream will tell.
        }
      }, REFRESH);
      line.open();
    },
    /** Sends another camera's picture. */
    async replaceVideo(track) {
      if (peer !== null) await peer.replaceVideo(track);
    },
  };
}
