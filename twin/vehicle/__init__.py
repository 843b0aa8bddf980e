"""The servicer as a plant: mass, thrusters, wheels, power, sensors."""
