"""Photos to upload: the same face, in other bytes for each visitor."""

import io
from itertools import product

import skimage.data
from PIL import Image

QUALITIES = range(95, 50, -1)
SUBSAMPLINGS = (0, 1, 2)  # 4:4:4, 4:2:2, 4:2:0
MOST = 2 * len(SUBSAMPLINGS) * len(QUALITIES)


def photos(count: int) -> list[bytes]:
    """Encode the tests' public-domain face as JPEGs, no two alike.

    Streamlit keeps files by their content: a photo that came before would cost the server less.

    Parameters
    ----------
    count : int
        How many, at most `MOST`.
    """
    if count > MOST:
        raise ValueError(f"there are only {MOST} encodings")
    face = Image.fromarray(skimage.data.astronaut())
    ways = product(QUALITIES, SUBSAMPLINGS, (False, True))
    return [_encoded(face, *way) for way, _ in zip(ways, range(count), strict=False)]


def _encoded(face: Image.Image, quality: int, subsampling: int, progressive: bool) -> bytes:
    file = io.BytesIO()
    face.save(file, "JPEG", quality=quality, subsampling=subsampling, progressive=progressive)
    return file.getvalue()
