"""Every door of the service: HTTP, command line, console."""

__version__ = "0.1.0"
