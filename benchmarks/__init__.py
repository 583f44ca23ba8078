"""Measurements, as ratios in one run. Never asserted in a timed test."""
