// Speech and the short tone. Whoever closes the eyes cannot read the screen.

const synthesis = "speechSynthesis" in window ? window.speechSynthesis : null;
const MS_PER_CHARACTER = 260;
const TONE_HERTZ = 880;
const TONE_SECONDS = 0.25;

let audio = null;
let turn = 0;

/** Whether something could be read aloud; a browser that lists its voices, none of them Chinese, cannot. */
export function canSpeak() {
  if (synthesis === null) return false;
  const voices = synthesis.getVoices();
  return voices.length === 0 || voices.some((voice) => /^(zh|cmn)/i.test(voice.lang));
}

/** Calls `change` when the browser has found its voices. */
export function onVoices(change) {
  if (synthesis !== null && "addEventListener" in synthesis) synthesis.addEventListener("voiceschanged", change);
}

/** Reads sentences one after the other; settles when they are read, were silenced, or took longer than they can. */
export async function speak(...sentences) {
  if (!canSpeak()) return;
  silence();
  const mine = turn;
  for (const sentence of sentences) {
    if (mine !== turn) return;
    await spoken(sentence);
  }
}

function spoken(sentence) {
  return new Promise((resolve) => {
    const utterance = new SpeechSynthesisUtterance(sentence);
    utterance.lang = "zh-CN";
    utterance.rate = 0.95;
    const timer = setTimeout(resolve, 1500 + sentence.length * MS_PER_CHARACTER * 1.5);
    const end = () => {
      clearTimeout(timer);
      resolve();
    };
    utterance.addEventListener("end", end);
    utterance.addEventListener("error", end);
    synthesis.speak(utterance);
  });
}

/** Stops what is being read. */
export function silence() {
  turn += 1;
  if (synthesis !== null) synthesis.cancel();
}

/** Lets the tone sound later; a browser allows that only while something is being pressed. */
export function allowTone() {
  const Context = window.AudioContext || window.webkitAudioContext;
  if (!Context) return;
  if (audio === null) audio = new Context();
  audio.resume().catch(() => {});
}

/** The tone that says: over. Felt as well, where a phone can. */
export function tone() {
  if ("vibrate" in navigator) navigator.vibrate(200);
  if (audio === null || audio.state !== "running") return;
  const oscillator = audio.createOscillator();
  const gain = audio.createGain();
  const now = audio.currentTime;
  oscillator.frequency.value = TONE_HERTZ;
  gain.gain.setValueAtTime(0.0001, now);
  gain.gain.exponentialRampToValueAtTime(0.4, now + 0.02);
  gain.gain.setValueAtTime(0.4, now + TONE_SECONDS - 0.05);
  gain.gain.exponentialRampToValueAtTime(0.0001, now + TONE_SECONDS);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(now);
  oscillator.stop(now + TONE_SECONDS);
}
