"""A control loop of Basilisk's own modules: from 45 m behind the target to a hold at 50 m, in Hill's frame.

Two spacecraft with gravity gradient, their navigation messages without noise; Hill-frame feedback for the
place; pointing to Hill's frame by MRP feedback, reaction wheels, and the same torque mapped to twelve
thrusters and their pulses. No filter, no relative sensor, no ground, no record: less than a cycle of the
twin does. It needs the extra `peers` (package bsk).
"""

from time import process_time
from typing import Any, NamedTuple

import numpy as np

from twin.dynamics.constants import EARTH_RADIUS_M, MU_M3PS2

_RADIUS_M = 6_978_137.0
_APART_M, _START_M = 50.0, 45.0
_MASS_KG = 800.0
_PLACE_GAIN, _SPEED_GAIN = 1e-3, 5e-2
_INERTIA = (300.0, 0.0, 0.0, 0.0, 350.0, 0.0, 0.0, 0.0, 350.0)


class Loop(NamedTuple):
    """CPU seconds of `cycles` control cycles, and where the servicer was held at their end, m."""

    cycles: int
    cpu_s: float
    range_m: float


def by_basilisk(cycles: int, period_s: float = 1.0) -> Loop:
    """Fly `cycles` control periods; building and initialising are not counted."""
    from Basilisk.utilities import SimulationBaseClass, macros

    simulation = SimulationBaseClass.SimBaseClass()
    simulation.SetProgressBar(False)
    simulation.CreateNewProcess("p").addTask(simulation.CreateNewTask("t", macros.sec2nano(period_s)))
    parts = _Parts(simulation)
    simulation.InitializeSimulation()
    simulation.ConfigureStopTime(macros.sec2nano(cycles * period_s))
    began = process_time()
    simulation.ExecuteSimulation()
    spent = process_time() - began
    return Loop(cycles, spent, parts.range_m())


class _Parts:
    """The modules in the order in which they act; kept, for Basilisk holds no reference to them."""

    def __init__(self, simulation: Any) -> None:
        self._simulation = simulation
        self._kept: list[Any] = []
        self.target = self._craft("target", 0.0)
        self.servicer = self._craft("servicer", -_START_M)
        force, wheels = self._effectors()
        target_nav, servicer_nav = self._navigation(self.target), self._navigation(self.servicer)
        self._place(target_nav, servicer_nav, force)
        self._attitude(servicer_nav, wheels)

    def range_m(self) -> float:
        """Distance between the two."""
        ends = [np.array(craft.scStateOutMsg.read().r_BN_N) for craft in (self.target, self.servicer)]
        return float(np.linalg.norm(ends[1] - ends[0]))

    def _acts(self, module: Any, name: str) -> Any:
        module.ModelTag = name
        self._simulation.AddModelToTask("t", module)
        self._kept.append(module)
        return module

    def _craft(self, name: str, ahead_m: float) -> Any:
        """On one circular orbit, `ahead_m` along it."""
        from Basilisk.simulation import GravityGradientEffector, spacecraft
        from Basilisk.utilities import simHelpers, simIncludeGravBody

        craft = spacecraft.Spacecraft()
        craft.hub.mHub, craft.hub.IHubPntBc_B = _MASS_KG, simHelpers.np2EigenMatrix3d(_INERTIA)
        earth = simIncludeGravBody.gravBodyFactory()
        body = earth.createCustomGravObject("earth", MU_M3PS2)
        body.isCentralBody, body.radEquator = True, EARTH_RADIUS_M
        earth.addBodiesTo(craft)
        angle, speed_mps = ahead_m / _RADIUS_M, (MU_M3PS2 / _RADIUS_M) ** 0.5
        out, along = (
            np.array((np.cos(angle), np.sin(angle), 0.0)),
            np.array((-np.sin(angle), np.cos(angle), 0.0)),
        )
        craft.hub.r_CN_NInit, craft.hub.v_CN_NInit = _RADIUS_M * out, speed_mps * along
        gradient = GravityGradientEffector.GravityGradientEffector()
        gradient.addPlanetName(body.planetName)
        craft.addDynamicEffector(gradient)
        self._kept.append(earth)
        self._acts(craft, name)
        self._acts(gradient, f"{name} gradient")
        return craft

    def _effectors(self) -> tuple[Any, Any]:
        from Basilisk.simulation import extForceTorque, reactionWheelStateEffector
        from Basilisk.utilities import simIncludeRW

        force = extForceTorque.ExtForceTorque()
        self.servicer.addDynamicEffector(force)
        self._acts(force, "force")
        factory = simIncludeRW.rwFactory()
        for axis in np.eye(3):
            factory.create("Honeywell_HR16", axis, maxMomentum=50.0)
        wheels = reactionWheelStateEffector.ReactionWheelStateEffector()
        factory.addToSpacecraft("wheels", wheels, self.servicer)
        self._acts(wheels, "wheels")
        self._wheel_facts = factory.getConfigMessage()
        self._kept.append(factory)
        return force, wheels

    def _navigation(self, craft: Any) -> Any:
        from Basilisk.simulation import simpleNav

        nav = simpleNav.SimpleNav()
        nav.scStateInMsg.subscribeTo(craft.scStateOutMsg)
        return self._acts(nav, f"{craft.ModelTag} navigation")

    def _facts(self) -> Any:
        from Basilisk.architecture import messaging

        facts = messaging.VehicleConfigMsg().write(
            messaging.VehicleConfigMsgPayload(massSC=_MASS_KG, ISCPntB_B=_INERTIA)
        )
        self._kept.append(facts)
        return facts

    def _place(self, target_nav: Any, servicer_nav: Any, force: Any) -> None:
        from Basilisk.fswAlgorithms import hillFrameRelativeControl, hillStateConverter

        hill = self._acts(hillStateConverter.hillStateConverter(), "hill state")
        hill.chiefStateInMsg.subscribeTo(target_nav.transOutMsg)
        hill.depStateInMsg.subscribeTo(servicer_nav.transOutMsg)
        control = self._acts(hillFrameRelativeControl.HillFrameRelativeControl(), "place")
        control.chiefTransInMsg.subscribeTo(target_nav.transOutMsg)
        control.hillStateInMsg.subscribeTo(hill.hillStateOutMsg)
        control.deputyVehicleConfigInMsg.subscribeTo(self._facts())
        control.setMu(MU_M3PS2)
        control.setReferencePosition((0.0, -_APART_M, 0.0))
        control.setReferenceVelocity((0.0, 0.0, 0.0))
        control.setK((_PLACE_GAIN * np.eye(3)).ravel().tolist())
        control.setP((_SPEED_GAIN * np.eye(3)).ravel().tolist())
        force.cmdForceInertialInMsg.subscribeTo(control.forceOutMsg)

    def _attitude(self, nav: Any, wheels: Any) -> None:
        from Basilisk.fswAlgorithms import (
            attTrackingError,
            hillPoint,
            mrpFeedback,
            rwMotorTorque,
        )

        reference = self._acts(hillPoint.hillPoint(), "pointing")
        reference.transNavInMsg.subscribeTo(nav.transOutMsg)
        error = self._acts(attTrackingError.attTrackingError(), "error")
        error.attNavInMsg.subscribeTo(nav.attOutMsg)
        error.attRefInMsg.subscribeTo(reference.attRefOutMsg)
        feedback = self._acts(mrpFeedback.mrpFeedback(), "feedback")
        feedback.K, feedback.P, feedback.Ki = 3.0, 40.0, -1.0
        feedback.guidInMsg.subscribeTo(error.attGuidOutMsg)
        feedback.vehConfigInMsg.subscribeTo(self._facts())
        motors = self._acts(rwMotorTorque.rwMotorTorque(), "motors")
        motors.controlAxes_B = np.eye(3).ravel().tolist()
        motors.rwParamsInMsg.subscribeTo(self._wheel_facts)
        motors.vehControlInMsg.subscribeTo(feedback.cmdTorqueOutMsg)
        wheels.rwMotorCmdInMsg.subscribeTo(motors.rwMotorTorqueOutMsg)
        self._pulses(feedback)

    def _pulses(self, feedback: Any) -> None:
        """Twelve thrusters, four a face at three faces' corners, asked for the same torque."""
        from Basilisk.fswAlgorithms import thrFiringRemainder, thrForceMapping
        from Basilisk.utilities import simIncludeThruster

        factory = simIncludeThruster.thrusterFactory()
        for axis in range(3):
            for a in (-1.0, 1.0):
                for b in (-1.0, 1.0):
                    place, push = np.roll((0.0, a, b), axis), np.roll((a * b, 0.0, 0.0), axis)
                    factory.create("MOOG_Monarc_22_6", place, push)
        mapping = self._acts(thrForceMapping.thrForceMapping(), "mapping")
        mapping.thrForceSign = 1
        mapping.controlAxes_B = np.eye(3).ravel().tolist()
        mapping.cmdTorqueInMsg.subscribeTo(feedback.cmdTorqueOutMsg)
        mapping.vehConfigInMsg.subscribeTo(self._facts())
        firing = self._acts(thrFiringRemainder.thrFiringRemainder(), "firing")
        firing.thrMinFireTime = 0.02
        firing.thrForceInMsg.subscribeTo(mapping.thrForceCmdOutMsg)
        thrusters = factory.getConfigMessage()
        mapping.thrConfigInMsg.subscribeTo(thrusters)
        firing.thrConfInMsg.subscribeTo(thrusters)
        self._kept += [factory, thrusters]
