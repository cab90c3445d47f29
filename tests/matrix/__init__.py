"""The error matrix: every error at every operation, in each of its ways, over real HTTP."""
