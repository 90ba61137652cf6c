"""A generator learns from itself: one pass gives what lies between its first and its second (train/distill.py)."""

import copy

import torch

from ganzoo.models import pretrained
from ganzoo.models.features import perceptual_distance
from ganzoo.models.losses import pixel_loss


class Distillation:
    """A copy of a generator learns, picture by picture, what lies between the first and the second pass of the original."""

    def __init__(self, teacher, batches, side: str, config, half: bool):
        # train() forgets what layers computed once from weights that stayed (ResizeConv2d).
        self.teacher, self.student = teacher, copy.deepcopy(teacher).requires_grad_(True).train().eval()
        self.batches, self.side, self.config, self.half = batches, side, config, half
        self.features = pretrained.load(device=batches.device)
        self.optimizer = torch.optim.Adam(self.student.parameters(), config.lr)
        self.step, self.errors = 0, []

    def advance(self) -> None:
        config, picture = self.config, self.batches(self.step)[self.side]
        for group in self.optimizer.param_groups:
            group["lr"] = config.lr * min(1.0, 2 - 2 * self.step / config.steps)
        with torch.autocast(picture.device.type, torch.bfloat16, enabled=self.half):
            with torch.no_grad():
                first = self.teacher(picture).float()
                second = self.teacher(first).float()
                wanted = torch.lerp(first, second, config.share)
                features = self.features(wanted)
            made = self.student(picture).float()
            distance = perceptual_distance(self.features(made), features)
        error = pixel_loss(made, wanted)
        self.optimizer.zero_grad()
        (config.pixels * error + config.perceptual * distance).backward()
        self.optimizer.step()
        self.errors.append(error.detach() / 2)
        self.step += 1

    def averages(self) -> dict[str, float]:
        """mae: mean absolute error of pixels in 0..1 since the last row."""
        mean, self.errors = torch.stack(self.errors).mean().item(), []
        return {"mae": round(mean, 4)}
