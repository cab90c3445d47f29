"""Tests of the mocks, each spoken to through the engine alone."""
