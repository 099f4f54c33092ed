// The connection to the other browser, by the pattern called perfect negotiation: both sides may offer at any time, and where
// two offers cross, the polite side gives way. https://www.w3.org/TR/webrtc/#perfect-negotiation-example

/**
 * Connects to one page of the other side. `send({description} | {candidate})` takes what it is to be told; `onStream(stream)`
 * gets sound and picture, `onState(state)` the connection's state.
 */
export function createPeer({ ice, isPolite, stream, send, onStream, onState }) {
  const connection = new RTCPeerConnection({ iceServers: ice });
  let isOffering = false;
  let isIgnoring = false;
  let line = Promise.resolve();

  for (const kind of ["audio", "video"]) {
    const track = stream.getTracks().find((each) => each.kind === kind);
    if (track) connection.addTrack(track, stream);
    else connection.addTransceiver(kind, { direction: "recvonly" });
  }

  connection.addEventListener("negotiationneeded", async () => {
    try {
      isOffering = true;
      await connection.setLocalDescription();
      send({ description: connection.localDescription });
    } catch {
      // Closed meanwhile.
    } finally {
      isOffering = false;
    }
  });
  connection.addEventListener("icecandidate", ({ candidate }) => {
    if (candidate !== null && candidate.candidate !== "") send({ candidate: candidate.toJSON() });
  });
  connection.addEventListener("track", ({ streams: [received] }) => {
    if (received) onStream(received);
  });
  connection.addEventListener("connectionstatechange", () => {
    if (connection.connectionState === "failed") connection.restartIce();
    onState(connection.connectionState);
  });

  async function take({ description, candidates }) {
    if (description) {
      const isCrossed = description.type === "offer" && (isOffering || connection.signalingState !== "stable");
      isIgnoring = !isPolite && isCrossed;
      if (isIgnoring) return;
      await connection.setRemoteDescription(description);
      if (description.type === "offer") {
        await connection.setLocalDescription();
        send({ description: connection.localDescription });
      }
    }
    for (const candidate of candidates || []) {
      try {
        await connection.addIceCandidate(candidate);
      } catch {
        // It belongs to an offer that was given up.
      }
    }
  }

  return {
    /** Takes what the other page says, one after the other. */
    take(signal) {
      line = line.then(() => take(signal)).catch(() => {});
    },
    /** Shows another camera instead. */
    async replaceVideo(track) {
      const sender = connection.getSenders().find((each) => each.track !== null && each.track.kind === "video");
      if (sender) await sender.replaceTrack(track);
    },
    isConnected: () => connection.connectionState === "connected",
    close() {
      connection.close();
    },
  };
}
