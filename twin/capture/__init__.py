"""The contact world: arm, gripper, latch and the two bodies while they can touch (pybullet only here)."""
