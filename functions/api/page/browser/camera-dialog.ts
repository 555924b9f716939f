import { byId, within } from './dom.ts';
import { toJpeg } from './photo.ts';
import { texts } from './texts.ts';

type Facing = 'user' | 'environment';

/** Shows what the camera sees, and takes a photo of it. */
export class CameraDialog {
  readonly #dialog = byId('camera', HTMLDialogElement);
  readonly #video = within(this.#dialog, 'video', HTMLVideoElement);
  readonly #capture = byId('capture', HTMLButtonElement);
  readonly #switch = byId('switch-camera', HTMLButtonElement);
  #facing: Facing = 'user';

  /** @param onPhoto called with every photo that is taken */
  constructor(onPhoto: (file: File) => void) {
    const app = byId('camera-app', HTMLInputElement);
    within(this.#dialog, '[data-close]', HTMLElement).addEventListener('click', () => this.#dialog.close());
    this.#dialog.addEventListener('close', () => this.#stop());
    this.#switch.addEventListener('click', () => {
      this.#facing = this.#facing === 'user' ? 'environment' : 'user';
      this.#start();
    });
    this.#capture.addEventListener('click', async () => {
      const blob = await toJpeg(this.#video, this.#video.videoWidth, this.#video.videoHeight);
      this.#dialog.close();
      const time = new Date().toLocaleTimeString(document.documentElement.lang);
      if (blob) onPhoto(new File([blob], `${texts().cameraPhoto} ${time}`, { type: blob.type }));
    });
    app.addEventListener('change', () => {
      this.#dialog.close();
      for (const file of app.files ?? []) onPhoto(file);
      app.value = '';
    });
  }

  open(): void {
    this.#dialog.showModal();
    this.#start();
  }

  async #start(): Promise<void> {
    this.#stop();
    this.#capture.disabled = true;
    try {
      // Without a secure connection there is no `mediaDevices`.
      const stream = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: this.#facing, width: { ideal: 1920 }, height: { ideal: 1440 } },
      });
      // Closed while the user was being asked.
      if (!this.#dialog.open) return end(stream);
      this.#video.srcObject = stream;
      this.#video.classList.toggle('mirrored', this.#facing === 'user');
      await this.#video.play();
      const devices = await navigator.mediaDevices.enumerateDevices();
      this.#switch.hidden = devices.filter(({ kind }) => kind === 'videoinput').length < 2;
      this.#show(true);
      this.#capture.focus();
    } catch {
      this.#show(false);
      // What had the focus may be hidden now.
      byId('camera-app', HTMLElement).focus();
    }
  }

  /** What there is to do with a camera, or without one. */
  #show(works: boolean): void {
    this.#video.hidden = !works;
    this.#capture.hidden = !works;
    this.#capture.disabled = !works;
    within(this.#dialog, '.note', HTMLElement).hidden = works;
    within(this.#dialog, 'label', HTMLElement).hidden = works;
    byId('camera-app', HTMLElement).hidden = works;
  }

  #stop(): void {
    if (this.#video.srcObject instanceof MediaStream) end(this.#video.srcObject);
    this.#video.srcObject = null;
  }
}

function end(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
