/** Draws the picture that the model received: `pixels` is base64, a byte per channel, rows of interleaved channels. */
export function drawView(canvas, { width, height, channels, pixels }) {
  const bytes = Uint8Array.from(atob(pixels), (character) => character.charCodeAt(0));
  const image = new ImageData(width, height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++)
      image.data[4 * pixel + channel] = bytes[pixel * channels + Math.min(channel, channels - 1)];
    image.data[4 * pixel + 3] = 255;
  }
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d").putImageData(image, 0, 0);
}
