// The camera: opened, looked through, let go. What is seen in the preview is what a frame shows, and no more.

const LONGEST_SIDE = 480;
const SHAPE = 3 / 4;
const QUALITY = 0.85;
const PRINT_SIDE = 64;
const DARK_BELOW = 45;
const BRIGHT_ABOVE = 225;

/** Why there is no picture; `name` is the browser's name for it, `Unsupported` or `Ended`. */
export class NoCamera extends Error {
  constructor(name) {
    super(`no camera: ${name}`);
    this.name = name;
  }
}

/** A camera shown in `video`; `onEnded` runs when it is taken away while it is open. */
export function createCamera(video, onEnded) {
  const canvas = document.createElement("canvas");
  const small = document.createElement("canvas");
  small.width = PRINT_SIDE;
  small.height = PRINT_SIDE;
  const drawing = canvas.getContext("2d");
  const looking = small.getContext("2d", { willReadFrequently: true });
  let stream = null;
  let opening = 0;
  let previous = null;
  let wakeLock = null;

  /** Opens the front camera ("user") or the back one ("environment"). Raises NoCamera; settles false when closed before. */
  async function open(facing) {
    close();
    opening += 1;
    const mine = opening;
    if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) throw new NoCamera("Unsupported");
    let opened;
    try {
      opened = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: facing, width: { ideal: 640 } },
        audio: false,
      });
    } catch (problem) {
      throw new NoCamera(problem.name);
    }
    if (mine !== opening) {
      for (const track of opened.getTracks()) track.stop();
      return false;
    }
    stream = opened;
    const [track] = stream.getVideoTracks();
    track.addEventListener("ended", () => {
      if (stream === opened) onEnded();
    });
    video.classList.toggle("is-mirrored", !isBack(track, facing));
    video.srcObject = stream;
    try {
      await video.play();
      await firstPicture();
    } catch {
      if (mine === opening) throw new NoCamera("NotReadableError");
      return false;
    }
    keepAwake();
    return mine === opening;
  }

  function firstPicture() {
    if (video.videoWidth > 0) return null;
    return new Promise((resolve, reject) => {
      video.addEventListener("loadeddata", resolve, { once: true });
      setTimeout(reject, 8000);
    });
  }

  /** Lets go of the camera; harmless when it is not open. */
  function close() {
    opening += 1;
    previous = null;
    if (stream !== null) {
      const closing = stream;
      stream = null;
      for (const track of closing.getTracks()) track.stop();
      video.srcObject = null;
    }
    if (wakeLock !== null) wakeLock.release().catch(() => {});
    wakeLock = null;
  }

  async function keepAwake() {
    if (!("wakeLock" in navigator)) return;
    try {
      const lock = await navigator.wakeLock.request("screen");
      if (stream === null) lock.release();
      else wakeLock = lock;
    } catch {
      // A low battery forbids it: the screen may go dark, which closes the camera in words.
    }
  }

  /** The middle of the picture in the shape of the preview. */
  function visible() {
    const width = Math.min(video.videoWidth, video.videoHeight * SHAPE);
    const height = Math.min(video.videoHeight, video.videoWidth / SHAPE);
    return [(video.videoWidth - width) / 2, (video.videoHeight - height) / 2, width, height];
  }

  function pixels() {
    looking.drawImage(video, ...visible(), 0, 0, PRINT_SIDE, PRINT_SIDE);
    return looking.getImageData(0, 0, PRINT_SIDE, PRINT_SIDE).data;
  }

  /** A JPEG of what is seen now, not mirrored; null where the camera has no new picture since the last one. */
  async function grab() {
    if (stream === null || video.videoWidth === 0) return null;
    const now = pixels();
    if (previous !== null && now.every((value, place) => value === previous[place])) return null;
    previous = now;
    canvas.height = LONGEST_SIDE;
    canvas.width = LONGEST_SIDE * SHAPE;
    drawing.drawImage(video, ...visible(), 0, 0, canvas.width, canvas.height);
    const at = performance.now();
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    return blob === null ? null : { at, blob };
  }

  /** "dark", "bright" or "good". */
  function light() {
    if (stream === null || video.videoWidth === 0) return "good";
    const seen = pixels();
    let sum = 0;
    for (let place = 0; place < seen.length; place += 4) {
      sum += 0.299 * seen[place] + 0.587 * seen[place + 1] + 0.114 * seen[place + 2];
    }
    const mean = sum / (seen.length / 4);
    return mean < DARK_BELOW ? "dark" : mean > BRIGHT_ABOVE ? "bright" : "good";
  }

  return {
    open,
    close,
    grab,
    light,
    isOpen: () => stream !== null,
    isMirrored: () => video.classList.contains("is-mirrored"),
  };
}

function isBack(track, asked) {
  const { facingMode } = track.getSettings ? track.getSettings() : {};
  return (facingMode || asked) === "environment" && asked === "environment";
}

/** Whether there is a camera to change to. */
export async function hasSeveral() {
  try {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter((device) => device.kind === "videoinput").length > 1;
  } catch {
    return false;
  }
}
