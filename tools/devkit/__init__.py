"""What `make` runs: set-up, builds, the local supervisor and the test runner. Standard library only."""
