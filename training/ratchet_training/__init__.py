"""Training jobs of Ratchet: a folder with a job in it becomes trained models, on whatever machine."""

__version__ = "0.1.0"
