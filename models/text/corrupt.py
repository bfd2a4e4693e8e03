"""Spelling corruption for training: the same message as somebody else would have typed it.

The rules are written apart from the normaliser's tables and from any test, so that a model trained on them has seen
forms which the normaliser does not undo.
"""
import random
import unicodedata

# Own shorthand: standard word to the ways of writing it, drawn at random. Not the normaliser's list.
SHORTHAND = {
    "không": ["k", "ko", "hong", "hok", "kg", "hông", "khum", "kh", "hem", "hk"], "được": ["đc", "dc", "đk", "dk"],
    "gì": ["j", "ji", "gj"], "rồi": ["r", "rùi", "ròi", "roi"], "vậy": ["z", "v", "dzậy", "zay", "vạy"],
    "với": ["vs", "vớii", "zới", "w"], "em": ["e", "em", "iem"], "anh": ["a", "anh", "ank"], "chị": ["c", "chj", "cj"],
    "mình": ["mk", "mik", "mh", "mìn"], "bạn": ["b", "bn", "pạn"], "người": ["ng", "ngừi", "ngkười"],
    "biết": ["bt", "bik", "bíc", "piết"], "nói": ["ns", "nóii", "nói"], "chuyện": ["chiện", "ch", "chuyẹn"],
    "cũng": ["cx", "cg", "cug"], "nhiều": ["nhìu", "nh", "nhìuu"], "thích": ["thik", "thíck", "thix"],
    "yêu": ["iu", "iêu", "yêuu"], "mẹ": ["mẹ", "má", "mè", "mẹe"], "bố": ["ba", "bố", "pố", "pa"],
    "trường": ["trg", "trườg", "trườnk"], "lớp": ["lớp", "lóp", "lp"], "nhà": ["nhà", "nhè", "nhàa"],
    "gửi": ["gửi", "gởi", "send", "gưi"], "ảnh": ["ảnh", "hình", "pic", "ãnh"], "xóa": ["xoá", "xóaa", "del"],
    "tin": ["tin", "tn"], "nhắn": ["nt", "nhắn", "nhắnn"], "điện": ["đ", "điện"], "thoại": ["thoại", "thoai"],
    "bây": ["bi", "bây"], "giờ": ["h", "giờ", "jờ"], "hôm": ["hum", "hôm"], "nay": ["nay", "nayy"],
    "quá": ["wá", "qá", "wa", "quớ"], "luôn": ["lun", "luôn"], "thôi": ["thoy", "thui", "hoy"], "nha": ["nha", "nhaa", "nhoa"],
    "nhé": ["nhé", "nhá", "nhe", "nhéé"], "sao": ["s", "sao", "xao"], "muốn": ["mún", "muốn", "mụn"], "làm": ["lm", "làm", "lèm"],
    "trước": ["trc", "trước", "trướk"], "bao": ["b", "bao"], "nhiêu": ["nhiu", "nhiêu"], "tiền": ["tiền", "xiền", "tìn"],
    "tao": ["t", "tau"], "mày": ["m", "mầy", "mi"], "đang": ["đag", "đang", "đg"], "học": ["hok", "hc", "học"],
    "sinh": ["sinh", "xinh"], "ai": ["ai", "aj"], "đừng": ["đừng", "đừg", "dừng"], "riêng": ["riêg", "rieng", "riênk"],
    "thầy": ["thầy", "thày"], "cô": ["cô", "coo"], "facebook": ["fb", "phây", "face"], "zalo": ["zl", "da lô", "zalo"],
    "tài": ["tài", "tai"], "khoản": ["khoản", "khoảng"], "chơi": ["chs", "chơi", "choi"], "ngủ": ["ngủ", "ngũ"], "giờ?": ["h?"],
    "vợ": ["vk", "zợ"], "chồng": ["ck", "chồng"], "ừ": ["uk", "uhm", "ừm"], "ok": ["oke", "okie", "oki"], "à": ["à", "ah"],
}
LEET = {"o": "0", "ô": "0", "ơ": "0", "i": "1", "e": "3", "ê": "3", "a": "4@", "â": "4", "ă": "4", "s": "5$", "g": "9", "t": "7"}
TWINS = {"a": "аα", "o": "οо", "e": "еє", "i": "іı", "c": "с", "p": "р", "n": "ո", "y": "у", "h": "һ"}
HIDDEN = ["\u200b", "\u200c", "\u2060", "\u00ad"]
SPLITTERS = [".", "-", "_", "*", " ", "~", ",", "'"]


def bare(text):
    """Without diacritics, as typed by somebody who has no Vietnamese keyboard."""
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return plain.replace("đ", "d").replace("Đ", "D")


def some_bare(text, rng):
    return " ".join(bare(w) if rng.random() < 0.6 else w for w in text.split(" "))


def shorthand(text, rng):
    out = []
    for word in text.split(" "):
        core = word.strip(".,!?").lower()
        options = SHORTHAND.get(core)
        out.append(word.lower().replace(core, rng.choice(options)) if options and rng.random() < 0.75 else word)
    text = " ".join(out)
    return text.lower() if rng.random() < 0.8 else text


def each_word(text, rng, chance, change):
    words = text.split(" ")
    return " ".join(change(w) if len(w) > 2 and w.isalpha() and rng.random() < chance else w for w in words)


def leet(text, rng):
    def change(word):
        return "".join(rng.choice(LEET[c]) if c in LEET and rng.random() < 0.6 else c for c in word)
    return each_word(text.lower(), rng, 0.35, change)


def split_letters(text, rng):
    def change(word):
        mark = rng.choice(SPLITTERS)
        if rng.random() < 0.6:
            return mark.join(word)
        cut = rng.randrange(1, len(word))
        return word[:cut] + mark + word[cut:]
    return each_word(text, rng, 0.3, change)


def stretch(text, rng):
    return each_word(text, rng, 0.25, lambda w: w + w[-1] * rng.randrange(1, 5))


def twins(text, rng):
    def change(word):
        word = "".join(rng.choice(TWINS[c]) if c in TWINS and rng.random() < 0.5 else c for c in word)
        return word[:1] + rng.choice(HIDDEN) + word[1:] if rng.random() < 0.3 else word
    return each_word(text, rng, 0.4, change)


def slips(text, rng):
    """Wrong keys and lost letters, as thumbs make them."""
    letters = list(text)
    for i in range(1, len(letters) - 1):
        if letters[i].isalpha() and rng.random() < 0.03:
            if rng.random() < 0.5:
                letters[i], letters[i + 1] = letters[i + 1], letters[i]
            else:
                letters[i] = ""
    return "".join(letters)


def corrupt(text, rng):
    """One corrupted form. `rng` is a random.Random, so that a row is corrupted the same way at every run."""
    kind = rng.random()
    if kind < 0.26:
        return bare(text)
    if kind < 0.46:
        return shorthand(text, rng)
    if kind < 0.60:
        return bare(shorthand(text, rng))
    if kind < 0.66:
        return some_bare(text, rng)
    if kind < 0.74:
        return leet(text if rng.random() < 0.5 else bare(text), rng)
    if kind < 0.82:
        return split_letters(text, rng)
    if kind < 0.87:
        return stretch(shorthand(text, rng), rng)
    if kind < 0.91:
        return twins(text, rng)
    if kind < 0.95:
        return slips(text, rng)
    return leet(split_letters(shorthand(text, rng), rng), rng)


def corruptions(text, key, count):
    """`count` corrupted forms of a row; `key` names the row."""
    rng = random.Random(f"lachan corpus {key}")
    return [corrupt(text, rng) for _ in range(count)]
