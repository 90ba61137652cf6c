"""A round of the game in slow motion, and settings that change while it is played (lessons 2, 4, 16). For GAN,
conditional GAN and DCGAN, whose two steps are gan.discriminator_step and gan.generator_step.

    play = Stepwise(training)
    play.discriminator_turn()  # what it saw, and its opinions before and after
    play.generator_turn()      # what it made, before and after; now the round is over
    play.advance()             # a whole round at once, or the second half of a round that was begun
    play.change(lr=1e-4, norm="none")

Two turns give bit for bit what one `training.advance()` gives (on the CPU).
"""

import dataclasses
from dataclasses import dataclass

import torch
from torch import Tensor

from ganzoo import settings
from ganzoo.models import gan
from ganzoo.models.losses import as_opinion
from ganzoo.seeding import global_seed
from ganzoo.training.step import Training

CHANGEABLE = ("lr", "beta1", "discriminator_lr", "r1", "norm", "activation")  # while a run goes on


@dataclass
class Turn:
    """What one player saw in its turn: pictures (B, C, H, W) in [-1, 1]; opinions (B,), 0 fake .. 1 real."""

    loss: float
    fake: Tensor
    fake_before: Tensor
    fake_after: Tensor
    real: Tensor | None = None  # the discriminator's turn: its batch of real pictures
    real_before: Tensor | None = None
    real_after: Tensor | None = None
    changed: Tensor | None = None  # the generator's turn: of the same noise, after its step


class Stepwise:
    """Plays a Training one turn at a time. `half` is what waits for the generator's turn, else None."""

    def __init__(self, training: Training):
        self.training, self.half = training, None

    @property
    def step(self) -> int:
        return self.training.step

    def averages(self) -> dict[str, float | None]:
        return self.training.averages()

    def advance(self) -> None:
        """One round, or what is left of it."""
        if self.half is None:
            self.training.advance()
        else:
            self.generator_turn()

    def discriminator_turn(self) -> Turn:
        """Step 1: real pictures are 1, what the generator makes at present is 0. Called twice, the round is finished first."""
        if self.half is not None:
            self.generator_turn()
        t = self.training
        batch = t.ready()
        label = (batch["label"],) if "label" in batch else ()
        with t.autocast():
            fake = t.nets["generator"](batch["noise"], *label)
            made = fake.detach().float()
            before = [self._opinions(x, label) for x in (batch["real"], made)]
            found = gan.discriminator_step(t.nets, t.optimizers, batch, fake, t.config)
            after = [self._opinions(x, label) for x in (batch["real"], made)]
        self.half = (batch, fake, *found)
        real = dict(real=batch["real"], real_before=before[0], real_after=after[0])
        return Turn(found[0].item(), made, before[1], after[1], **real)

    def generator_turn(self) -> Turn:
        """Step 2: the discriminator should say 1. Its own turn is taken first where it was not."""
        if self.half is None:
            self.discriminator_turn()
        t, (batch, fake, loss_d, on_real, on_fake) = self.training, self.half
        label = (batch["label"],) if "label" in batch else ()
        with t.autocast():
            made = fake.detach().float()
            before = self._opinions(made, label)
            loss = gan.generator_step(t.nets, t.optimizers, batch, fake, t.config)
            changed = self._made(batch["noise"], label)
            after = self._opinions(changed, label)
            t.sums += gan.numbers(loss_d, loss, on_real, on_fake, t.config)
        t.finished()
        self.half = None
        return Turn(loss=loss.item(), fake=made, fake_before=before, changed=changed, fake_after=after)

    @torch.no_grad()
    def _opinions(self, pictures: Tensor, label: tuple) -> Tensor:
        t = self.training
        return as_opinion(t.nets["discriminator"](pictures, *label).float(), t.config.adversarial).flatten()

    @torch.no_grad()
    def _made(self, noise: Tensor, label: tuple) -> Tensor:
        """The generator's pictures by the statistics of this batch, as in training; looking leaves no trace in it."""
        net = self.training.nets["generator"]
        buffers = {name: buffer.clone() for name, buffer in net.named_buffers()}
        return torch.func.functional_call(net, buffers, (noise, *label)).float()

    def change(self, **new) -> dict:
        """Change settings of CHANGEABLE at once; returns {name: (old, new)} of those that differ. A round that was begun is
        finished first. Rates and beta1 act on the optimizers as they are. A new norm or activation builds the networks anew:
        weights that fit are kept with Adam's memory of them, a norm that was not there starts fresh. Raises GanzooError for a
        value outside its range."""
        foreign = new.keys() - set(CHANGEABLE)
        if foreign:
            raise ValueError(f"{sorted(foreign)} cannot change while a run goes on")
        t = self.training
        wanted = settings.checked(dataclasses.replace(t.config, **new))
        both = {name: (getattr(t.config, name), getattr(wanted, name)) for name in new}
        changed = {name: pair for name, pair in both.items() if pair[0] != pair[1]}
        if not changed:
            return {}
        if self.half is not None:
            self.generator_turn()
        t.config = wanted
        if changed.keys() & {"norm", "activation"}:
            self._rebuild()
        t.set_rates()
        for optimizer in t.optimizers.values():
            for group in optimizer.param_groups:
                group["betas"] = (wanted.beta1, group["betas"][1])
        t.forget_graph()
        return changed

    def _rebuild(self) -> None:
        t = self.training
        with global_seed(t.config.seed):
            fresh = t.lesson.build(t.config)
        for role, net in fresh.items():
            old, before = t.nets[role], t.optimizers[role]
            own = net.state_dict()
            fits = {k: v for k, v in old.state_dict().items() if k in own and own[k].shape == v.shape}
            net.load_state_dict(own | fits)
            t.nets[role] = t.running[role] = net.to(t.device).train(old.training)
            t.optimizers[role] = t.optimizer(role)
            memory = {name: before.state[p] for name, p in old.named_parameters() if p in before.state}
            for name, parameter in net.named_parameters():
                if name in memory and name in fits:
                    t.optimizers[role].state[parameter] = memory[name]
        t.restart_average()
