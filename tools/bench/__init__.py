"""What `make bench` runs: each part measures the server beside what one would use instead, in the same run."""
