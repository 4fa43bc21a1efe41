"""Errors that a user can cause or fix."""


class UserError(Exception):
    """One clear sentence for the user, with the remedy in it: shown in the window, or on stderr with exit code 2."""
