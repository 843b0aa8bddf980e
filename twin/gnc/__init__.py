"""The on-board computer: navigation, control, allocation, safety."""
