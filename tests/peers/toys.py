"""Three small participants that really talk: a beacon, a relay and a counter, and a mission to give them."""

import os
import time

import msgspec

from twin.contracts.actuation import ActuatorCommand
from twin.contracts.envelope import Delivered, Outgoing, Reaction
from twin.contracts.operations import Mark
from twin.kernel.participant import Participant
from twin.mission.script import Mission

NAMES = ("beacon", "relay", "counter")
MODULES = {name: f"{__name__}:{name}" for name in NAMES}
PERIOD_NS = 100_000_000


class Memory(msgspec.Struct, kw_only=True):
    """All a toy remembers."""

    version: int = 1
    count: int = 0
    wake_ns: int | None = None


class Toy:
    """Common to the toys: a name, a memory, snapshots of it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.memory = Memory()

    @property
    def name(self) -> str:
        return self._name

    def begin(self, mission: Mission) -> Reaction:
        return Reaction(wake_ns=self.memory.wake_ns)

    def snapshot(self) -> bytes:
        return msgspec.msgpack.encode(self.memory)

    def restore(self, mission: Mission, state: bytes) -> None:
        self.memory = msgspec.msgpack.decode(state, type=Memory)


class Beacon(Toy):
    """Every period, a command to the relay."""

    def begin(self, mission: Mission) -> Reaction:
        self.memory.wake_ns = PERIOD_NS
        return Reaction(wake_ns=PERIOD_NS)

    def react(self, now_ns: int, inbox: tuple[Delivered, ...]) -> Reaction:
        if now_ns != self.memory.wake_ns:
            return Reaction(wake_ns=self.memory.wake_ns)
        self.memory.count += 1
        self.memory.wake_ns = now_ns + PERIOD_NS
        return Reaction(messages=(_command(now_ns, "relay", 0),), wake_ns=self.memory.wake_ns)


class Relay(Toy):
    """Passes what it hears on to the counter, with a delay; also what an operator marks."""

    def react(self, now_ns: int, inbox: tuple[Delivered, ...]) -> Reaction:
        self.memory.count += len(inbox)
        return Reaction(messages=tuple(_command(now_ns, "counter", 1000) for _ in inbox))


class Counter(Toy):
    """Counts, and says so to nobody in particular."""

    def react(self, now_ns: int, inbox: tuple[Delivered, ...]) -> Reaction:
        if not inbox:
            return Reaction()
        self.memory.count += len(inbox)
        return Reaction(messages=(Outgoing(body=Mark(text=f"counted {self.memory.count}")),))


class Trouble(Beacon):
    """A beacon that gets into trouble at one simulated second, in the way it is told."""

    def __init__(self, name: str, kind: str) -> None:
        super().__init__(name)
        self._kind = kind

    def react(self, now_ns: int, inbox: tuple[Delivered, ...]) -> Reaction:
        if now_ns >= 1_000_000_000:
            match self._kind:
                case "raise":
                    raise ValueError("the beacon's lamp is out")
                case "die":
                    os.abort()
                case "hang":
                    time.sleep(3600.0)
                case "busy":
                    return Reaction(wake_ns=now_ns)
        return super().react(now_ns, inbox)


def _command(now_ns: int, to: str, delay_ns: int) -> Outgoing:
    body = ActuatorCommand(
        reading_ns=now_ns, thruster_on_s=(0.0,) * 12, wheel_torque_nm=(0.0,) * 4, next_reading_ns=now_ns
    )
    return Outgoing(to=(to,), delay_ns=delay_ns, body=body)


def beacon() -> Participant:
    return Beacon("beacon")


def relay() -> Participant:
    return Relay("relay")


class AlteredRelay(Relay):
    """A relay of which one constant is another in processes started with TWIN_TOYS_ALTERED set."""

    def react(self, now_ns: int, inbox: tuple[Delivered, ...]) -> Reaction:
        reaction = super().react(now_ns, inbox)
        if "TWIN_TOYS_ALTERED" not in os.environ:
            return reaction
        later = tuple(msgspec.structs.replace(each, delay_ns=1001) for each in reaction.messages)
        return msgspec.structs.replace(reaction, messages=later)


def alterable() -> Participant:
    return AlteredRelay("relay")


def counter() -> Participant:
    return Counter("counter")


def all_toys() -> tuple[Participant, ...]:
    return (beacon(), relay(), counter())


def raising() -> Participant:
    return Trouble("beacon", "raise")


def dying() -> Participant:
    return Trouble("beacon", "die")


def hanging() -> Participant:
    return Trouble("beacon", "hang")


def busy() -> Participant:
    return Trouble("beacon", "busy")


_INERTIA = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
_WHEEL = {"axis_body": (1, 0, 0), "maximum_torque_nm": 1, "maximum_momentum_nms": 1}
_THRUSTER = {"name": "t", "r_body_m": (0, 0, 0), "direction_body": (1, 0, 0)}
_PROPULSION = {"thrust_n": 1, "minimum_on_s": 0, "specific_impulse_s": 1, "sigma_thrust": 0}
_SENSORS = {
    "gnss": {"sigma_r_m": 1, "sigma_v_mps": 1},
    "star_tracker": {"sigma_arcsec": 1},
    "gyro": {"random_walk_deg_per_sqrt_h": 1, "bias_deg_per_h": 1},
    "camera": {"sigma_arcsec": 1, "half_field_of_view_deg": 1, "maximum_range_m": 1},
    "lidar": dict.fromkeys(
        (
            *("half_field_of_view_deg", "maximum_range_m", "range_floor_m", "range_fraction"),
            *("pose_maximum_range_m", "position_floor_m", "position_fraction"),
            *("attitude_deg", "attitude_deg_per_m", "dropout"),
        ),
        1,
    ),
}
_POWER = ("battery_wh", "initial_fraction", "array_area_m2", "array_efficiency", "load_w", "transmitter_w")


def toy_mission(latest_s: float = 10.0) -> Mission:
    """The least a mission can be; the toys look at none of it, the coordinator only at its end."""
    numbers = ("mass_kg", "length_m", "diameter_m", "radius_m", "drag_area_m2", "drag_coefficient")
    target = {
        "name": "t",
        "title": "",
        "elements": {"line1": "", "line2": ""},
        "port_towards": "earth",
        "inertia_body_kgm2": _INERTIA,
        "port": {"r_body_m": (0, 0, 0)},
        **dict.fromkeys((*numbers, "spin_deg_per_s", "libration_deg"), 1.0),
    }
    servicer = {
        "name": "s",
        "title": "",
        **dict.fromkeys(
            ("dry_mass_kg", "propellant_kg", "radius_m", "drag_area_m2", "drag_coefficient"), 1.0
        ),
        "inertia_body_kgm2": _INERTIA,
        "propulsion": {**_PROPULSION, "sigma_direction_deg": 0, "thrusters": [_THRUSTER]},
        "wheels": [_WHEEL] * 4,
        "sensors": _SENSORS,
        "power": dict.fromkeys(_POWER, 1),
        "telemetry": {"period_s": 1, "report_bits": 1, "store_reports": 1},
    }
    whole = {
        "name": "toy",
        "title": "",
        "seed": 1,
        "epoch_utc": "2026-01-01T00:00:00",
        "stations": [],
        "target": target,
        "servicer": servicer,
        "start": {"r_ric_m": (0, 0, 0)},
        "guidance": {"start_phase": "x", "phases": []},
        "ending": {"latest_s": latest_s},
    }
    return msgspec.convert(whole, Mission)
