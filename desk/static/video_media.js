// Camera and microphone: opened, changed, a picture taken, let go.

const PICTURE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 20, max: 30 } };
const SOUND = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
const LARGEST_STILL = 2 * 1024 * 1024;
const QUALITIES = [0.92, 0.8, 0.6];

/** Why there is no camera or microphone; `name` is the browser's name for it, or `Unsupported`. */
export class NoMedia extends Error {
  constructor(name) {
    super(`no media: ${name}`);
    this.name = name;
  }
}

/** Camera and microphone, or the microphone alone. Raises NoMedia. */
export async function openMedia({ withCamera }) {
  if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia || !window.RTCPeerConnection) throw new NoMedia("Unsupported");
  try {
    const video = withCamera ? { ...PICTURE, facingMode: "user" } : false;
    return await navigator.mediaDevices.getUserMedia({ audio: SOUND, video });
  } catch (problem) {
    throw new NoMedia(problem.name);
  }
}

/** Puts the camera on the other side of the phone into `stream`, `facing` "user" or "environment"; gives its track, or null. */
export async function changeCamera(stream, facing) {
  const [former] = stream.getVideoTracks();
  if (former) former.stop(); // many phones open one camera at a time
  for (const wanted of [facing, facing === "user" ? "environment" : "user"]) {
    try {
      const opened = await navigator.mediaDevices.getUserMedia({ video: { ...PICTURE, facingMode: wanted } });
      const [track] = opened.getVideoTracks();
      if (former) stream.removeTrack(former);
      stream.addTrack(track);
      return track;
    } catch {
      // The camera it had comes back instead.
    }
  }
  return null;
}

/** Whether there is a camera to change to. */
export async function hasSeveralCameras() {
  try {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter((device) => device.kind === "videoinput").length > 1;
  } catch {
    return false;
  }
}

/** Draws what `video` shows now into `canvas`, whole and not mirrored; false where it shows nothing. */
export function grab(video, canvas) {
  if (video.videoWidth === 0) return false;
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d").drawImage(video, 0, 0);
  return true;
}

/** The picture of `canvas` as a JPEG that may be sent, or null. */
export async function asJpeg(canvas) {
  for (const quality of QUALITIES) {
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
    if (blob !== null && blob.size <= LARGEST_STILL) return blob;
  }
  return null;
}

/** Lets go of camera and microphone. */
export function closeMedia(stream) {
  for (const track of stream === null ? [] : stream.getTracks()) track.stop();
}
