"""prepare.py DATA FOLDER: small pictures as FOLDER/<set>-images.npy, -labels.npy, and how many to learn from in -learned. See run.sh."""
import pathlib
import sys

import numpy as np
from PIL import Image


def main():
    data, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)

    def save(name, images, labels=None, learned=0):
        np.save(folder / f"{name}-images.npy", np.ascontiguousarray(images, np.uint8))
        if labels is not None:
            np.save(folder / f"{name}-labels.npy", np.ascontiguousarray(labels, np.uint8).ravel())
        (folder / f"{name}-learned").write_text(str(learned))

    for images in (data / "digits").glob("*images*.npy"):
        save("digits", np.load(images), np.load(next((data / "digits").glob("*labels*.npy"))), 8000)
    for path in (data / "xray").glob("*.npz"):
        with np.load(path) as z:
            save("xray", np.concatenate([z["train_images"], z["test_images"]]), np.concatenate([z["train_labels"], z["test_labels"]]),
                 len(z["train_images"]))
    emoji = []
    for path in sorted((data / "emoji").glob("*.png")):
        picture = Image.open(path).convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        emoji.append(np.asarray(Image.alpha_composite(white, picture).convert("RGB").resize((32, 32), Image.BOX)))
    if emoji:
        # Siblings (skin tones, genders) follow one another, so the last fifth in this order has few in the first four.
        save("emoji", np.stack(emoji))


if __name__ == "__main__":
    main()
