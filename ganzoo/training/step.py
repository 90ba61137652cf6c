"""What changes while a run trains (networks, averaged generator, optimizers, step) and how one step is computed.

The trainer drives it; a live page may drive it step by step. On CUDA a step is captured once as a graph and replayed.
"""

import copy
import dataclasses
import math
import time
from contextlib import nullcontext

import torch
from torch import Tensor

from ganzoo import distributed
from ganzoo.models.registry import LESSONS
from ganzoo.seeding import Salt, global_seed
from ganzoo.training import precision

EAGER_STEPS = 3  # before a CUDA graph is captured: optimizer state and autotuning must exist by then


def networks(config) -> dict[str, torch.nn.Module]:
    """The networks of a completed config, on the CPU, with fresh weights, which depend on the seed alone."""
    with global_seed(config.seed, Salt.WEIGHTS):
        return LESSONS[config.lesson].build(config)


def _for_log(value: float) -> float | None:
    """A number as the log takes it: rounded, and None in place of NaN and infinity, which JSON does not have."""
    return round(value, 6) if math.isfinite(value) else None


class Training:
    """What changes while a run trains: networks, averaged generator, optimizers, step."""

    def __init__(self, config, pictures, device: torch.device, nets: dict | None = None):
        """`config` and `pictures` are what `data.load` gave; `nets` are fresh ones where they are left out."""
        self.config, self.pictures, self.device = config, pictures, device
        self.steps = 0  # the planned length, which the decay needs; schedule.plan sets it
        self.lesson = LESSONS[config.lesson]
        self.columns = self.lesson.columns(config)
        self.rank, world = distributed.start(device)
        nets = {role: net.to(device) for role, net in (nets or networks(config)).items()}
        features = nets.pop("features", None)  # frozen: in no optimizer and no checkpoint
        if device.type == "cuda":
            nets = {role: net.to(memory_format=torch.channels_last) for role, net in nets.items()}
        self.nets = nets
        self.step, self.seconds = 0, 0.0
        self.restart_average()
        trained = {role: net for role, net in self.nets.items() if list(net.parameters())}
        self.optimizers = {role: self.optimizer(role) for role in trained}
        if world > 1:
            for optimizer in self.optimizers.values():
                distributed.average_gradients(optimizer)
        # What a step runs; self.nets stays plain, for its names are those of the checkpoint.
        self.running = {**self.nets, "features": features} if features else dict(self.nets)
        if config.compile and device.type == "cuda":
            self.running |= {role: torch.compile(net) for role, net in trained.items()}
        self.batches = pictures.batches(config, device, self.rank, world)
        self.batch_of_all = config.batch_size * world
        self.waited = 0.0  # seconds of them in which a batch was not there yet; the trainer sets it back
        self.sums = torch.zeros(len(self.columns), device=device, dtype=torch.float64)
        self.counted = 0  # steps in the sums
        self.eager = 0
        self.config = dataclasses.replace(config, chosen_precision=precision.choose(config, device, self.nets))
        self.precision = torch.bfloat16 if self.config.chosen_precision == "bf16" else None
        self.ema_rate = torch.zeros((), device=device)
        self._batch: dict[str, Tensor] = {}
        self._graph = None

    def prepare(self) -> None:
        """Before the first step, with the weights that it begins with."""
        self.lesson.prepare(self.nets, self.batches, self.config)

    def rate(self, role: str) -> float:
        if role.startswith("generator"):
            return self.config.lr
        return self.config.discriminator_lr or self.config.lr

    def optimizer(self, role: str) -> torch.optim.Adam:
        """A fresh Adam for a network (lesson 16)."""
        graph = self.device.type == "cuda"
        rate = torch.tensor(self.rate(role), device=self.device) if graph else self.rate(role)
        how = dict(betas=(self.config.beta1, 0.999), fused=self.device.type in ("cpu", "cuda"), capturable=graph)
        return torch.optim.Adam(self.nets[role].parameters(), rate, **how)

    def autocast(self) -> torch.autocast:
        return torch.autocast(self.device.type, self.precision, self.precision is not None, cache_enabled=False)

    def _compute(self, batch) -> None:
        with self.autocast():
            self.sums += self.lesson.train_step(self.running, self.optimizers, batch, self.config)
        if self.config.ema:
            self._move_average()

    def restart_average(self) -> None:
        """The average begins with the generators as they are: at first, and where their shape has changed."""
        generators = [role for role in self.nets if role.startswith("generator")]
        self.average = {role: copy.deepcopy(self.nets[role]).eval().requires_grad_(False) for role in generators}
        self.ema_start = self.step

    def forget_graph(self) -> None:
        """What a step computes has changed: on CUDA it is captured anew."""
        self._graph, self.eager = None, 0

    @torch.no_grad()
    def _move_average(self) -> None:
        """average += ema_rate * (generator - average), batch-norm statistics included."""
        for role, average in self.average.items():
            own, kept = self.nets[role].state_dict(), average.state_dict()
            floats = [name for name, tensor in kept.items() if tensor.is_floating_point()]
            gap = torch._foreach_sub([own[n] for n in floats], [kept[n] for n in floats])
            torch._foreach_mul_(gap, self.ema_rate)
            torch._foreach_add_([kept[n] for n in floats], gap)

    def advance(self) -> None:
        # Dropout, too, is a function of (seed, step), and other processes draw others.
        numbers = [self.config.seed, self.step, Salt.DROPOUT]
        if self.rank:
            numbers.append(self.rank)
        with global_seed(*numbers, device=self.device) if self.config.draws_in_step else nullcontext():
            batch = self.ready()
            (self._replay if self.device.type == "cuda" else self._compute)(batch)
        self.step, self.counted = self.step + 1, self.counted + 1

    def ready(self) -> dict[str, Tensor]:
        """What comes before the game's two steps: the batch of this step, the rates, the penalty where it is due."""
        began = time.perf_counter()
        batch = self.lesson.draw_batch(self.batches, self.step, self.config)
        self.waited += time.perf_counter() - began
        if self.config.decay and self.steps:  # constant, then over this last share of the run in a straight line to 0
            self.set_rates(min(1.0, (self.steps - self.step) / max(1.0, self.config.decay * self.steps)))
        # Early in training the EMA uses a smaller decay: at step 100 it looks back ten steps, not a thousand on random weights.
        age = self.step - self.ema_start
        self.ema_rate.fill_(1 - min(self.config.ema, (1 + age) / (10 + age)))
        if self.config.r1 and self.step % self.config.r1_every == 0:
            self.lesson.penalty_step({**self.running, **self.nets}, self.optimizers, batch, self.config)
        return batch

    def finished(self) -> None:
        """What comes after them, where they were taken one by one (stepwise.py)."""
        if self.config.ema:
            self._move_average()
        self.step, self.counted = self.step + 1, self.counted + 1

    def set_rates(self, share: float = 1.0) -> None:
        """Give the optimizers this share of the learning rates."""
        for role, optimizer in self.optimizers.items():
            for group in optimizer.param_groups:
                if isinstance(group["lr"], Tensor):
                    group["lr"].fill_(self.rate(role) * share)
                else:
                    group["lr"] = self.rate(role) * share

    def _replay(self, batch) -> None:
        """Eager for the first steps, then one captured CUDA graph: launching kernels one by one costs more than they do."""
        if self._graph is None and self.eager >= EAGER_STEPS:
            self._batch = {name: tensor.clone() for name, tensor in batch.items()}
            torch.cuda.synchronize(self.device)
            self._graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(self._graph):
                self._compute(self._batch)
        if self._graph is None:
            self.eager += 1
            side = torch.cuda.Stream(self.device)  # capture needs the warm-up on a stream of its own
            side.wait_stream(torch.cuda.current_stream(self.device))
            with torch.cuda.stream(side):
                self._compute(batch)
            torch.cuda.current_stream(self.device).wait_stream(side)
            return
        for name, tensor in batch.items():
            self._batch[name].copy_(tensor)
        self._graph.replay()

    @property
    def shared(self) -> dict[str, torch.nn.Module]:
        """The networks that are sampled and shared: of every generator the average, if there is one."""
        return {**self.nets, **(self.average if self.config.ema else {})}

    def preview(self) -> Tensor:
        """What the shared generator makes of inputs that never change: (N, C, H, W) in [-1, 1]."""
        return self._in_use(self.lesson.preview).float()

    def held_out(self) -> dict[str, float | None]:
        """Numbers on pictures that are never trained on, for a lesson that knows the right answer."""
        return {name: _for_log(value) for name, value in self._in_use(self.lesson.held_out).items()}

    @torch.no_grad()
    def _in_use(self, call):
        """What `call` says of the shared generators as they are used, not trained."""
        generators = {role: net for role, net in self.shared.items() if role in self.average}
        training = [net for net in generators.values() if net.training]
        for net in training:
            net.eval()
        found = call(generators, self.config, self.pictures, self.device)
        for net in training:
            net.train()
        return found

    def sheet(self, made: Tensor, scale: int = 1):
        return self.lesson.sheet(made, self.pictures, scale)

    def finite(self) -> bool:
        """Whether every weight is still a number."""
        nets = [*self.nets.values(), *self.average.values()]
        return all(bool(torch.isfinite(p).all()) for net in nets for p in net.state_dict().values())

    def averages(self) -> dict[str, float | None]:
        """Means since they were last asked for."""
        values = (self.sums / max(1, self.counted)).tolist()
        self.sums.zero_()
        self.counted = 0
        return {name: _for_log(v) for name, v in zip(self.columns, values, strict=True)}

    def _things(self) -> dict[str, dict]:
        return {"average": self.average, "nets": self.nets, "optimizers": self.optimizers}

    def state(self) -> dict:
        place = {"step": self.step, "seconds": self.seconds, "per_epoch": self.batches.per_epoch}
        kept = {kind: {role: x.state_dict() for role, x in things.items()} for kind, things in self._things().items()}
        return {**place, "sums": self.sums, "counted": self.counted, **kept}

    def load_state(self, state: dict) -> None:
        self.step, self.seconds, self.counted = int(state["step"]), float(state["seconds"]), int(state["counted"])
        self.sums.copy_(state["sums"])
        for kind, things in self._things().items():
            for role, thing in things.items():
                thing.load_state_dict(state[kind][role])
        for optimizer in self.optimizers.values():  # how this device wants them, where the state comes from another
            for group in optimizer.param_groups:
                group.update({name: optimizer.defaults[name] for name in ("lr", "fused", "capturable")})
        self.set_rates()
