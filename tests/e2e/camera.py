"""A person before the browser's camera, made from a photograph: they do what the page's heading asks."""

import base64

from playwright.sync_api import BrowserContext

from kyc.liveness.challenge import Action
from tests.support.acting import acting, jpeg, person

_SCRIPT = """
(() => {
  const pictures = PICTURES;
  const asked = [["闭上眼睛", "eyes"], ["张大嘴巴", "mouth"], ["向左", "left"], ["向右", "right"]];
  const decoded = {};
  const ready = Promise.all(Object.entries(pictures).map(async ([name, words]) => {
    const bytes = Uint8Array.from(atob(words), (letter) => letter.charCodeAt(0));
    decoded[name] = await createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
  }));
  const doing = () => {
    const heading = document.querySelector("#instruction");
    const words = heading === null ? "" : heading.textContent;
    const found = asked.find(([part]) => words.includes(part));
    return found === undefined ? "look" : found[1];
  };
  navigator.mediaDevices.getUserMedia = async () => {
    await ready;
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 480;
    const drawing = canvas.getContext("2d");
    const noise = new ImageData(480, 480);
    const draw = () => {
      drawing.globalAlpha = 1;
      drawing.drawImage(decoded[doing()], 0, 0, 480, 480);
      drawing.globalAlpha = 0.02;
      for (let row = 0; row < 480; row += 40) {
        drawing.fillStyle = `rgb(${Math.random() * 255}, ${Math.random() * 255}, ${Math.random() * 255})`;
        drawing.fillRect(Math.random() * 480, row, 200, 40);
      }
    };
    draw();
    setInterval(draw, 50);
    return canvas.captureStream(20);
  };
})();
"""


def stand_before(context: BrowserContext, name: str) -> None:
    """Have the person of a photograph stand before the camera of every page that is opened from now on."""
    someone = person(name)
    pictures = {
        action.value: base64.b64encode(jpeg(acting(someone, action), noise=1, quality=92)).decode() for action in Action
    }
    written = str(pictures).replace("'", '"')
    context.add_init_script(_SCRIPT.replace("PICTURES", written))
