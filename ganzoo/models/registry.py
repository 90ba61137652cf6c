"""Every lesson and judge by the name that stands in its config.json."""

from ganzoo.models import cgan, classifier, cyclegan, dcgan, gan, pix2pix, realness, segmenter
from ganzoo.models.protocol import Lesson, Networks

LESSONS: dict[str, Lesson] = {"gan": gan, "cgan": cgan, "dcgan": dcgan, "pix2pix": pix2pix, "cyclegan": cyclegan}
JUDGES: dict[str, Networks] = {"judge": classifier, "segmenter": segmenter, "realness": realness}
KINDS: dict[str, Networks] = {**LESSONS, **JUDGES}  # what a model folder may hold
