"""The command line: one thin function a command in :mod:`steppe.cli.app`, its work beside it."""
