"""What things cost. ``python -m benchmarks`` measures everything and writes benchmarks/RESULTS.md."""
