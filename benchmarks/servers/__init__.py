"""What the mock is compared with, each started as ``python -m benchmarks.servers.NAME PORT``."""
