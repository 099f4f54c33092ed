// The last resort: one photograph, made smaller on the phone, without the place and time a camera writes into it.

const LONGEST_SIDE = 1600;
const QUALITY = 0.9;

/** The picture in a file. Raises where it is none. */
export async function pictureIn(file) {
  if ("createImageBitmap" in window) return createImageBitmap(file, { imageOrientation: "from-image" });
  throw new TypeError("pictures cannot be opened here");
}

/** A JPEG of a picture, at most 1600 px long. */
export function smaller(picture) {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob === null ? reject(new TypeError("no JPEG")) : resolve(blob)), "image/jpeg", QUALITY);
  });
}

/** Draws the middle of a picture into a small canvas. */
export function preview(picture, canvas) {
  const scale = Math.max(canvas.width / picture.width, canvas.height / picture.height);
  const width = picture.width * scale;
  const height = picture.height * scale;
  const drawing = canvas.getContext("2d");
  drawing.drawImage(picture, (canvas.width - width) / 2, (canvas.height - height) / 2, width, height);
}
