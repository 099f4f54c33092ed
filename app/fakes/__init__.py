"""What lies outside 1call, played on the loopback: for development, tests, benchmarks and crash tests."""
