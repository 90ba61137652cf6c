"""Every word on the pages, in English and in the course's Traditional Chinese, side by side.

`Words("zh")("seed")` gives one; sentences live in sentences.py. A test asks that no pair lacks a half.
"""

from compare_words import COMPARE
from far_words import FAR
from lessons_later_words import LATER
from lessons_words import LESSONS
from live_words import LIVE
from own_words import OWN
from sentences import SENTENCES
from translate_words import TRANSLATE

from ganzoo import GanzooError

LANGUAGES = ("en", "zh")

NAMES = {
    # the frame
    "title": ("ganzoo", "ganzoo"),
    "tagline": ("A creator and a critic learn by playing against each other.", "創作家與鑑賞家，在對抗中一起學習。"),
    "tab_create": ("Create", "創作"),
    "tab_zoo": ("Zoo", "模型園"),
    "other_language": ("中文", "EN"),
    "other_language_title": ("This page in Chinese", "這一頁的英文版"),
    "use_api": ("Use it from code (API)", "用程式呼叫（API）"),
    "footer": ("Everything runs on this machine.", "一切都在這台機器上運算。"),
    # choosing
    "lesson": ("Model", "模型"),
    "lesson_gan": ("GAN", "GAN"),
    "lesson_cgan": ("Conditional GAN", "條件式 GAN"),
    "lesson_dcgan": ("DCGAN", "DCGAN"),
    "data": ("Pictures", "圖片"),
    "data_mnist": ("Digits", "手寫數字"),
    "data_fashion": ("Garments", "流行衣物"),
    "seed": ("Inspiration", "靈感"),
    "new": ("New inspiration", "換一個靈感"),
    "copy_link": ("Copy link", "複製連結"),
    "copied": ("Copied", "已複製"),
    # the sections
    "q_make": ("What does it make?", "它會創作什麼？"),
    "q_between": ("What lies between two inspirations?", "兩個靈感之間有什麼？"),
    "q_grow": ("How does an inspiration grow?", "一個靈感如何長大？"),
    "q_film": ("How did it learn?", "它是怎麼學會的？"),
    "q_bn": ("Does it take the easy way?", "它會挑簡單的寫嗎？"),
    "q_cgan": ("Can you say what to make?", "可以指定要創作什麼嗎？"),
    "q_dcgan": ("Where do the speckles come from?", "雜點從哪裡來？"),
    "q_hand": ("Would the critic believe you?", "鑑賞家會相信你嗎？"),
    "sections": ("On this page", "本頁內容"),
    # between two inspirations
    "from_a_to_b": ("From A to B", "從 A 到 B"),
    "seed_a": ("Inspiration A", "靈感 A"),
    "seed_b": ("Inspiration B", "靈感 B"),
    "two_others": ("Two other inspirations", "換兩個靈感"),
    # growing
    "creator_grows": ("The creator (generator) expands", "創作家（Generator）：擴充"),
    "critic_shrinks": ("The critic (discriminator) combines", "鑑賞家（Discriminator）：組合"),
    "numbers": ("numbers", "個數字"),
    "stage_score": ("0 fake … 1 real", "0 假 … 1 真"),
    "stage_filtered": ("after the label's filter", "經過 Label 過濾"),
    "negative": ("negative", "負"),
    "positive": ("positive", "正"),
    # the film
    "frame": ("Drag through the training", "拖曳看訓練過程"),
    "curve_losses": ("Losses", "Loss"),
    "curve_scores": ("The critic's scores", "鑑賞家的評分"),
    "critic_word": ("critic", "鑑賞家"),
    "creator_word": ("creator", "創作家"),
    "of_real": ("of real pictures", "真正的樣本"),
    "of_fake": ("of the creator's", "創作家的作品"),
    "step_axis": ("step {step}", "第 {step} 步"),
    "name_early": ("State 1: easy for the critic", "狀態 1：鑑賞家輕易分辨"),
    "name_contest": ("State 2: the contest", "狀態 2：互相進步"),
    "name_level": ("State 3: level", "狀態 3：平衡"),
    # side by side
    "with_bn": ("With Batch Normalization", "有 Batch Normalization"),
    "without_bn": ("Without Batch Normalization", "沒有 Batch Normalization"),
    "mlp": ("GAN: dense layers, dot by dot", "GAN：MLP，一點一點畫"),
    "convolutions": ("DCGAN: convolutions, stroke by stroke", "DCGAN：卷積，抓住筆畫"),
    "mlp_short": ("GAN (dense layers)", "GAN（MLP）"),
    "convolutions_short": ("DCGAN (convolutions)", "DCGAN（卷積）"),
    # asking for a class
    "picks_mnist": ("Write a number", "寫一個數字"),
    "picks_fashion": ("Garments by number", "用編號選衣物"),
    "one_idea": ("One inspiration under every label", "同一個靈感，換上每個 Label"),
    "row_label": ("label", "Label"),
    "row_made": ("its picture", "作品"),
    "row_noise": ("creator's filter", "創作家的過濾"),
    "row_picture": ("critic's filter", "鑑賞家的過濾"),
    "against": ("negative: should not be there", "負分數：不該出現"),
    "for": ("positive: should be there", "正分數：該出現"),
    # by hand
    "clear": ("Clear", "清除"),
    "example": ("Draw an example", "畫一個範例"),
    "canvas": ("Drawing board, 28 pixels wide for the critic", "畫板（鑑賞家看到的是 28 像素）"),
    "hand_seen": ("what the critic sees", "鑑賞家看到的"),
    # the zoo
    "zoo_bundled": ("bundled", "內建"),
    "zoo_local": ("your run", "你的訓練"),
    "zoo_frechet": ("Fréchet distance", "Fréchet 距離"),
    "zoo_accuracy": ("label accuracy", "Label 正確率"),
    "zoo_smallest": ("rarest class", "最少的類別"),
    "zoo_speckle": ("speckle", "雜點"),
    "zoo_minutes": ("training", "訓練時間"),
    "zoo_hardware": ("trained on", "訓練硬體"),
    "zoo_size": ("on disk", "檔案大小"),
    "minutes": ("{minutes} min", "{minutes} 分鐘"),
    "zoo_threads": ("{chip} CPU, one thread", "{chip} CPU，一個執行緒"),
    "zoo_many_threads": ("{chip} CPU, {count} threads", "{chip} CPU，{count} 個執行緒"),
    "zoo_of_way": ("{metric}, {way}", "{way}的{metric}"),
    "zoo_back": ("Back to the shelf", "回到所有模型"),
    "megabytes": ("{size} MB", "{size} MB"),
    "zoo_open": ("Open in Create", "在「創作」打開"),
    "zoo_card": ("The card, as it is shared", "模型卡（隨模型分享，以英文撰寫）"),
    "zoo_numbers": ("All numbers", "所有數字"),
    "zoo_metric": ("metric (its name is its protocol)", "指標（名稱就是量法）"),
    "zoo_value": ("value", "數值"),
}

CLASSES = {  # what the data sets call their classes -> how a page does
    "T-shirt": ("T-shirt", "T 恤"),
    "trousers": ("trousers", "長褲"),
    "pullover": ("pullover", "套頭衫"),
    "dress": ("dress", "洋裝"),
    "coat": ("coat", "外套"),
    "sandal": ("sandal", "涼鞋"),
    "shirt": ("shirt", "襯衫"),
    "sneaker": ("sneaker", "運動鞋"),
    "bag": ("bag", "包包"),
    "ankle boot": ("ankle boot", "短靴"),
}

WORDS = NAMES | SENTENCES | COMPARE | TRANSLATE | LESSONS | LATER | FAR | LIVE | OWN


class Trouble(GanzooError):
    """Something a visitor should be told, by the key of its sentence, so that it comes out in the page's language."""

    def __init__(self, key: str, **values):
        self.key, self.values = key, values
        super().__init__(WORDS[key][0].format(**values))


class Words:
    """The words of one language."""

    def __init__(self, language: str):
        self.language = language
        self.index = LANGUAGES.index(language)

    def __call__(self, key: str, **values) -> str:
        return WORDS[key][self.index].format(**values)

    def label(self, name: str) -> str:
        """The name of a class; digits and a maker's own classes stay as they are."""
        return CLASSES[name][self.index] if name in CLASSES else str(name)

    def explain(self, error: GanzooError) -> str:
        """An error with its remedy, in this language. The library's own sentences are English: other languages say what
        to do instead."""
        if isinstance(error, Trouble):
            return self(error.key, **error.values)
        return self("other_trouble", text=str(error))  # a text that has no place for it leaves it out
