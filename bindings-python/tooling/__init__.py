"""What the driver is made of: programs, environments, the wheel and the sdist."""
